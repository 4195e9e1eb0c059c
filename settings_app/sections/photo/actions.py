"""What can be done about the photo: upload one, take one from an address, remove it."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.sections.photo.pictures import Picture


def upload(actor: Actor, picture: Picture) -> None:
    """Stores the picture at Logto, then makes it the photo."""
    actor.account.change_avatar(actor.account.upload_picture(picture.name, picture.content, picture.mime_type))


def change_avatar(actor: Actor, avatar: str) -> None:
    actor.account.change_avatar(avatar)


def remove_avatar(actor: Actor) -> None:
    actor.account.remove_avatar()
