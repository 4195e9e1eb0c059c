"""The photo: upload one and choose its part, take a connected account's, give an address, or remove it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.types import Person
from settings_app.safeguards import limits
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit
from settings_app.sections.photo import actions
from settings_app.sections.photo.pictures import LARGEST_UPLOAD_BYTES, NoPicture, made_from
from settings_app.sections.photo.sources import READS, Offer, Sources, photo_standing, sources_of
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.inputs import WebAddressField
from settings_app.shell.reads import Reads
from settings_app.shell.standing import Rules

Text = Any  # str, or one that is translated when it is shown
View = Callable[[AccountRequest], HttpResponse]


class Share(forms.IntegerField):
    """A share in percent, as a range input gives it."""

    def __init__(self, label: Text, *, low: int, high: int, step: int, hint: Text = "") -> None:
        widget = forms.NumberInput(attrs={"type": "range", "step": step})
        super().__init__(label=label, help_text=hint, min_value=low, max_value=high, widget=widget)


class UploadForm(Form):
    picture = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP, up to 8 MB. We store a small square copy without location or camera details."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": _("Choose a photo."),
            "empty": _("That file is empty. Choose another one."),
            "missing": _("Choose a photo."),
        },
    )
    zoom = Share(_("Zoom"), low=100, high=400, step=5)
    left = Share(_("Left to right"), low=0, high=100, step=1, hint=_("Choose which part of a wide photo to show."))
    top = Share(_("Top to bottom"), low=0, high=100, step=1, hint=_("Choose which part of a tall photo to show."))

    def __init__(self, *args: Any, actor: Actor | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        """The picture to store, made in a process of its own."""
        cleaned = self.cleaned_data
        upload = cleaned.get("picture")
        if self.actor is None or not isinstance(upload, UploadedFile) or self.errors:
            return cleaned
        try:
            # guard: uploads-limited
            with limits.attempt(self.actor, Limit.UPLOAD):
                return {"picture": made_from(upload, zoom=cleaned["zoom"], left=cleaned["left"], top=cleaned["top"])}
        except TooManyAttempts as declined:
            self.add_declined(declined)
            return cleaned
        except NoPicture as reason:
            raise ValidationError({"picture": str(reason.words)}) from reason


class OfferForm(Form):
    identity = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = {offer.identity: offer.address for offer in offers}

    def clean(self) -> dict[str, Any]:
        identity = self.cleaned_data.get("identity", "")
        # guard: only-ones-own-connected-pictures
        if identity not in self.addresses:
            raise ValidationError(_("That account no longer has a photo. Choose another one."))
        return {"avatar": self.addresses[identity]}

    def holds(self, person: Person) -> bool:
        return bool(person.avatar == self.cleaned_data["avatar"])


class SecureAddressField(WebAddressField):
    """Over https only: a page over https must not fetch pictures in the clear."""

    schemes = ("https",)


class PhotoAddressForm(Form):
    avatar = SecureAddressField(
        label=_("Web address of the photo"),
        autocomplete="photo",
        help_text=_("It starts with https://. Anyone who sees your profile loads the photo from there."),
    )

    def holds(self, person: Person) -> bool:
        return bool(person.avatar == self.cleaned_data["avatar"])


class RemovePhotoForm(Form):
    def holds(self, person: Person) -> bool:
        return not person.avatar


def may_change_photo(view: Callable[[AccountRequest, Sources], HttpResponse]) -> View:
    """Allows only people whose photo the tenant leaves to them, and tells the others why not."""

    @wraps(view)
    def checked(request: AccountRequest) -> HttpResponse:
        reads = Reads(request.account, READS)
        rules = Rules.of(request, reads)
        allowed = photo_standing(rules)
        if not allowed.is_shown:
            raise Http404
        # guard: photo-policy
        if not allowed.is_editable:
            messages.error(request, str(allowed.reason))
            return redirect("profile")
        return view(request, sources_of(request, reads, rules))

    return checked


@may_change_photo
def show(request: AccountRequest, sources: Sources) -> HttpResponse:
    return page(request, sources)


@may_change_photo
def upload(request: AccountRequest, sources: Sources) -> HttpResponse:
    # guard: upload-needs-storage
    if not sources.upload:
        raise Http404
    form = UploadForm.received(request, initial=MIDDLE, actor=request.actor)
    if form.submit(request.actor, Change.PROFILE, actions.upload, tags="photo"):
        return redirect("profile")
    return page(request, sources, form=form, upload_form=form)


@may_change_photo
def choose(request: AccountRequest, sources: Sources) -> HttpResponse:
    form = OfferForm.received(request, offers=sources.offers)
    if form.submit(request.actor, Change.PROFILE, actions.change_avatar, tags="photo"):
        return redirect("profile")
    return page(request, sources, form=form, offer_form=form)


@may_change_photo
def address(request: AccountRequest, sources: Sources) -> HttpResponse:
    # guard: picture-address-allowed
    if not sources.address:
        raise Http404
    form = PhotoAddressForm.received(request)
    if form.submit(request.actor, Change.PROFILE, actions.change_avatar, tags="photo"):
        return redirect("profile")
    return page(request, sources, form=form, address_form=form)


@may_change_photo
def remove(request: AccountRequest, sources: Sources) -> HttpResponse:
    form = RemovePhotoForm.received(request)
    if form.submit(request.actor, Change.PROFILE, actions.remove_avatar, tags="photo"):
        return redirect("profile")
    return render(request, "photo/remove.html", {"form": form})


MIDDLE = {"zoom": 100, "left": 50, "top": 50}


def page(request: AccountRequest, sources: Sources, **shown: Form) -> HttpResponse:
    """The photo page with a form for each way there is; `shown` holds the one that was just posted."""
    context: dict[str, Any] = {"sources": sources, "largest_upload_bytes": LARGEST_UPLOAD_BYTES}
    if sources.upload:
        context["upload_form"] = UploadForm(initial=MIDDLE)
    if sources.address:
        context["address_form"] = PhotoAddressForm()
    return render(request, "photo/show.html", context | shown)
