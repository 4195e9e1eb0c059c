"""`/api/account/avatar`: the photo, as its page takes it: uploaded, from a connected account, by address, removed."""

from __future__ import annotations

from django.utils.datastructures import MultiValueDict
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict

from settings_app.api.forms import posted, saved
from settings_app.api.problems import Problem, not_found
from settings_app.api.request import READ, WRITE, AccessTokenAuth, ApiRequest
from settings_app.safeguards.changes import Change
from settings_app.sections.photo import actions
from settings_app.sections.photo.sources import READS, Sources, photo_standing, sources_of
from settings_app.sections.photo.views import OfferForm, PhotoAddressForm, RemovePhotoForm, UploadForm
from settings_app.shell.reads import Reads
from settings_app.shell.standing import Rules, Standing

router = Router(tags=["Photo"])


class OfferedPicture(Schema):
    """The picture of a connected account; `identity` goes into PUT."""

    identity: str
    name: str
    address: str


class AvatarAndSources(Schema):
    """The photo there is, and by which ways this person can come to another one."""

    avatar: str | None
    canUpload: bool  # noqa: N815
    takesAddresses: bool  # noqa: N815
    offers: list[OfferedPicture]


class WantedAvatar(Schema):
    """One of the two: a web address, or the connected account whose picture is taken."""

    model_config = ConfigDict(extra="forbid")

    avatar: str | None = None
    identity: str | None = None


@router.get(
    "/account/avatar",
    auth=AccessTokenAuth(READ),
    response=AvatarAndSources,
    url_name="api_avatar",
    summary="The photo, and where another one can come from",
)
def show(request: ApiRequest) -> AvatarAndSources:
    _standing, sources = shown(request)
    offers = [OfferedPicture(identity=one.identity, name=one.name, address=one.address) for one in sources.offers]
    return AvatarAndSources(
        avatar=request.person.avatar or None, canUpload=sources.upload, takesAddresses=sources.address, offers=offers
    )


@router.post(
    "/account/avatar",
    auth=AccessTokenAuth(WRITE, takes_a_file=True),
    response={204: None},
    url_name="api_avatar_upload",
    summary="Upload one",
)
def upload(
    request: ApiRequest,
    picture: File[UploadedFile],
    zoom: Form[int] = 100,
    left: Form[int] = 50,
    top: Form[int] = 50,
) -> None:
    """JPEG, PNG or WebP, up to 8 MB; a square copy of 512 pixels is stored. The numbers say in percent which square."""
    # guard: api-upload-needs-storage
    if not editable(request).upload:
        raise not_found()
    part = posted(zoom=str(zoom), left=str(left), top=str(top))
    form = UploadForm(part, MultiValueDict({"picture": [picture]}), actor=request.actor)
    saved(form, request.actor, Change.PROFILE, actions.upload, tags="photo")


@router.put(
    "/account/avatar",
    auth=AccessTokenAuth(WRITE),
    response={204: None},
    url_name="api_avatar_choose",
    summary="Take one from elsewhere",
)
def choose(request: ApiRequest, wanted: WantedAvatar) -> None:
    sources = editable(request)
    if (wanted.avatar is None) == (wanted.identity is None):
        raise Problem(422, "avatar.source", "Send one of avatar and identity.")
    form: OfferForm | PhotoAddressForm = OfferForm(posted(identity=wanted.identity or ""), offers=sources.offers)
    if wanted.avatar is not None:
        # guard: api-picture-address-allowed
        if not sources.address:
            raise not_found()
        form = PhotoAddressForm(posted(avatar=wanted.avatar))
    saved(form, request.actor, Change.PROFILE, actions.change_avatar, tags="photo")


@router.delete(
    "/account/avatar",
    auth=AccessTokenAuth(WRITE),
    response={204: None},
    url_name="api_avatar_remove",
    summary="Remove it",
)
def remove(request: ApiRequest) -> None:
    editable(request)
    if request.person.avatar:
        saved(RemovePhotoForm(posted()), request.actor, Change.PROFILE, actions.remove_avatar, tags="photo")


def shown(request: ApiRequest) -> tuple[Standing, Sources]:
    reads = Reads(request.account, READS)
    rules = Rules.of(request, reads)
    standing = photo_standing(rules)
    # guard: api-photo-that-is-off-is-not-there
    if not standing.is_shown:
        raise not_found()
    return standing, sources_of(request, reads, rules)


def editable(request: ApiRequest) -> Sources:
    standing, sources = shown(request)
    # guard: api-photo-policy
    if not standing.is_editable:
        raise Problem(403, "field.read_only", standing.reason)
    return sources
