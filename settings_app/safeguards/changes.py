"""The one table of what a person can change here: its words, its name in the audit trail, who is told by mail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Change(Enum):
    """Each kind of change; the value is its name in the audit trail."""

    PROFILE = "profile"

    STEP_UP = "step-up"
    STEP_UP_CODE_SENT = "step-up-code-sent"

    EMAIL_CODE_SENT = "email-code-sent"
    EMAIL_WANTED = "email-wanted"
    EMAIL_ADDED = "email-added"
    EMAIL_CHANGED = "email-changed"
    EMAIL_REMOVED = "email-removed"
    EMAIL_RESTORED = "email-restored"  # in the trail of earlier releases

    PHONE_CODE_SENT = "phone-code-sent"
    PHONE_WANTED = "phone-wanted"
    PHONE_ADDED = "phone-added"
    PHONE_CHANGED = "phone-changed"
    PHONE_REMOVED = "phone-removed"
    PHONE_RESTORED = "phone-restored"  # in the trail of earlier releases

    USERNAME_ADDED = "username-added"
    USERNAME_CHANGED = "username-changed"
    USERNAME_REMOVED = "username-removed"

    PASSWORD_SET = "password-set"  # noqa: S105  # a name
    PASSWORD_RESET = "password-reset"  # noqa: S105  # a name
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a name

    AUTHENTICATOR_ADDED = "authenticator-added"
    AUTHENTICATOR_REPLACED = "authenticator-replaced"
    AUTHENTICATOR_REMOVED = "authenticator-removed"
    BACKUP_CODES_MADE = "backup-codes-made"
    BACKUP_CODES_REMOVED = "backup-codes-removed"
    PASSKEY_STARTED = "passkey-started"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    TWO_STEP_ON = "two-step-on"
    TWO_STEP_OFF = "two-step-off"

    CONNECTION_STARTED = "connection-started"
    CONNECTION_ADDED = "connection-added"
    CONNECTION_REPLACED = "connection-replaced"
    CONNECTION_REMOVED = "connection-removed"

    APP_REMOVED = "app-removed"
    APP_ORGANIZATIONS_CHANGED = "app-organizations-changed"
    ALL_APPS_REMOVED = "all-apps-removed"

    EMAIL_PROOF_SENT = "email-proof-sent"
    EMAIL_PROVEN = "email-proven"
    ORGANIZATION_JOINED = "organization-joined"
    ORGANIZATION_DECLINED = "organization-declined"
    ORGANIZATION_LEFT = "organization-left"

    ACCESS_TOKEN_ADDED = "access-token-added"  # noqa: S105  # a name
    ACCESS_TOKEN_RENAMED = "access-token-renamed"  # noqa: S105  # a name
    ACCESS_TOKEN_REMOVED = "access-token-removed"  # noqa: S105  # a name

    ACCOUNT_RESTORED = "account-restored"
    ACCOUNT_REPORTED = "account-reported"
    ACCESS_TOKENS_REMOVED = "access-tokens-removed"

    NEW_DEVICE = "new-device"
    SIGN_IN_STOPPED = "sign-in-stopped"
    ALERT_ADDRESS_CODE_SENT = "alert-address-code-sent"
    ALERT_ADDRESS_ADDED = "alert-address-added"
    ALERT_ADDRESS_CHANGED = "alert-address-changed"
    ALERT_ADDRESS_REMOVED = "alert-address-removed"
    DEVICE_ALERTS_ON = "device-alerts-on"
    DEVICE_ALERTS_OFF = "device-alerts-off"

    SESSION_ENDED = "session-ended"
    OTHER_SESSIONS_ENDED = "other-sessions-ended"
    ALL_SESSIONS_ENDED = "all-sessions-ended"
    ACCOUNT_LOCKED = "account-locked"

    DATA_DOWNLOADED = "data-downloaded"
    DELETION_ASKED = "deletion-asked"
    DELETION_PUT_OFF = "deletion-put-off"
    DELETION_CANCELLED = "deletion-cancelled"
    DELETION_STOPPED = "deletion-stopped"
    ACCOUNT_DELETED = "account-deleted"
    # What administrators do.
    PEOPLE_SEARCHED = "people-searched"
    ACCOUNT_VIEWED = "account-viewed"
    VIEW_REFUSED = "view-refused"
    ACCOUNT_SUSPENDED = "account-suspended"
    ACCOUNT_REOPENED = "account-reopened"
    DEVICES_SIGNED_OUT = "devices-signed-out"
    FACTOR_REMOVAL_ASKED = "factor-removal-asked"
    FACTOR_REMOVAL_APPROVED = "factor-removal-approved"
    FACTOR_REMOVAL_WITHDRAWN = "factor-removal-withdrawn"
    FACTOR_REMOVAL_STOPPED = "factor-removal-stopped"  # by the owner, or by what stood in the way
    FACTORS_REMOVED = "factors-removed"
    APP_PERMISSIONS_CHANGED = "app-permissions-changed"
    APP_LOOK_CHANGED = "app-look-changed"

    @property
    def words(self) -> Words:
        return TABLE[self]

    @property
    def matter(self) -> str:
        """What it is about, whatever was done to it: "email" for email-added, email-changed and email-removed."""
        return self.value.rpartition("-")[0] or self.value


class Mailed(Enum):
    """When the mail is sent."""

    ONCE_DONE = 1
    AFTER_FAILURES = 2  # only when failures of this kind come in a burst


@dataclass(frozen=True)
class Words:
    """`done` is the message after success, `name` what happened, for lists of changes that do not say `announced`.

    `announced` heads the mail about it, `begun` the mail about one whose end could not be confirmed; a change without
    `announced` is not mailed. `value` names what was changed when old and new address are told, or an undo is offered.
    """

    done: Promise
    name: Promise | None = None
    announced: Promise | None = None
    begun: Promise | None = None
    value: str = ""
    can_be_undone: bool = False
    mailed: Mailed = Mailed.ONCE_DONE
    is_limited: bool = True  # not the way back: whoever took an account over must not be able to use that up
    is_reportable: bool = True  # by “This wasn’t me” in its mail

    by_admin: bool = False  # administrators do it, to somebody else's account; they do nothing else there

    @property
    def title(self) -> Promise | None:
        """What happened, for lists of changes; None for steps on the way, which no list shows."""
        return self.name or self.announced

    def title_of_one(self, *, is_certain: bool) -> Promise | None:
        """`title`, or that somebody tried where nobody knows how it ended."""
        return self.title if is_certain or self.begun is None else self.begun


TABLE: dict[Change, Words] = {
    Change.ACCOUNT_VIEWED: Words(
        done=_("Preview started. It ends by itself after 15 minutes."),
        announced=_("Support looked at your account"),
        begun=_("Support tried to look at your account"),
        is_limited=False,
        by_admin=True,
    ),
    Change.ACCOUNT_SUSPENDED: Words(
        done=_("Account suspended. Nobody can sign in to it."),
        announced=_("Support suspended your account"),
        begun=_("Support tried to suspend your account"),
        is_limited=False,
        is_reportable=False,
        by_admin=True,
    ),
    Change.ACCOUNT_REOPENED: Words(
        done=_("Account restored. The person can sign in again."),
        announced=_("Support restored your account"),
        is_limited=False,
        is_reportable=False,
        by_admin=True,
    ),
    Change.DEVICES_SIGNED_OUT: Words(
        done=_("All devices of this person are signed out."),
        announced=_("Support signed out all your devices"),
        begun=_("Support tried to sign out all your devices"),
        is_limited=False,
        is_reportable=False,
        by_admin=True,
    ),
    Change.FACTOR_REMOVAL_ASKED: Words(
        done=_("The removal waits now. We’ve emailed the person how to stop it."),
        announced=_("Support is going to remove your second step"),
        begun=_("Support tried to remove your second step"),
        is_limited=False,
        is_reportable=False,
        by_admin=True,
    ),
    Change.FACTOR_REMOVAL_APPROVED: Words(
        done=_("Approved."),
        announced=_("Support approved removing your second step"),
        is_limited=False,
        is_reportable=False,
        by_admin=True,
    ),
    Change.FACTOR_REMOVAL_WITHDRAWN: Words(
        done=_("Withdrawn. Nothing will be removed."),
        announced=_("Your second step stays"),
        is_limited=False,
        is_reportable=False,
        by_admin=True,
    ),
    # Like every way back: an intruder must not be able to use it up.
    Change.FACTOR_REMOVAL_STOPPED: Words(
        done=_("Your second step stays"),
        announced=_("Your second step stays"),
        is_limited=False,
    ),
    Change.FACTORS_REMOVED: Words(
        done=_("Saved"),
        announced=_("Support removed your second step"),
        begun=_("Support tried to remove your second step"),
        is_limited=False,
        by_admin=True,
    ),
    Change.APP_PERMISSIONS_CHANGED: Words(done=_("Permissions saved."), by_admin=True),
    Change.APP_LOOK_CHANGED: Words(done=_("Saved."), by_admin=True),
    Change.VIEW_REFUSED: Words(done=_("Nothing was changed."), is_limited=False, by_admin=True),
    Change.PEOPLE_SEARCHED: Words(done=_("Searched"), is_limited=False, by_admin=True),
    Change.PROFILE: Words(done=_("Saved"), name=_("Your profile was changed")),
    Change.STEP_UP: Words(
        done=_("Confirmed. We won’t ask again for 10 minutes."),
        name=_("Someone confirmed it was you"),
        announced=_("Someone failed several times to confirm it was you"),
        mailed=Mailed.AFTER_FAILURES,
    ),
    Change.STEP_UP_CODE_SENT: Words(done=_("We sent you a code.")),
    Change.EMAIL_CODE_SENT: Words(done=_("We emailed you a code.")),
    Change.EMAIL_WANTED: Words(
        done=_("Nothing was changed."),
        announced=_("Someone tried to use your email for another account"),
        is_reportable=False,
    ),
    Change.PHONE_WANTED: Words(
        done=_("Nothing was changed."),
        announced=_("Someone tried to use your phone number for another account"),
        is_reportable=False,
    ),
    Change.EMAIL_ADDED: Words(
        done=_("Email added. You can now sign in with it."),
        announced=_("An email was added to your account"),
        begun=_("Someone tried to add an email to your account"),
        value="email",
    ),
    Change.EMAIL_CHANGED: Words(
        done=_("Email changed. You now sign in with the new one."),
        announced=_("Your email was changed"),
        begun=_("Someone tried to change your email"),
        value="email",
        can_be_undone=True,
    ),
    Change.EMAIL_REMOVED: Words(
        done=_("Email removed."),
        announced=_("Your email was removed"),
        begun=_("Someone tried to remove your email"),
        value="email",
        can_be_undone=True,
    ),
    Change.EMAIL_RESTORED: Words(
        done=_("Your email is back to what it was."),
        announced=_("A change to your email was undone"),
        begun=_("Someone tried to undo a change to your email"),
        value="email",
        is_limited=False,
    ),
    Change.PHONE_CODE_SENT: Words(done=_("We sent you a code by text message.")),
    Change.PHONE_ADDED: Words(
        done=_("Phone number added. You can now sign in with it."),
        announced=_("A phone number was added to your account"),
        begun=_("Someone tried to add a phone number to your account"),
        value="phone",
    ),
    Change.PHONE_CHANGED: Words(
        done=_("Phone number changed. You now sign in with the new one."),
        announced=_("Your phone number was changed"),
        begun=_("Someone tried to change your phone number"),
        value="phone",
        can_be_undone=True,
    ),
    Change.PHONE_REMOVED: Words(
        done=_("Phone number removed."),
        announced=_("Your phone number was removed"),
        begun=_("Someone tried to remove your phone number"),
        value="phone",
        can_be_undone=True,
    ),
    Change.PHONE_RESTORED: Words(
        done=_("Your phone number is back to what it was."),
        announced=_("A change to your phone number was undone"),
        begun=_("Someone tried to undo a change to your phone number"),
        value="phone",
        is_limited=False,
    ),
    Change.USERNAME_ADDED: Words(
        done=_("Username added. You can now sign in with it."),
        announced=_("A username was added to your account"),
        begun=_("Someone tried to add a username to your account"),
    ),
    Change.USERNAME_CHANGED: Words(
        done=_("Username changed. You now sign in with the new one."),
        announced=_("Your username was changed"),
        begun=_("Someone tried to change your username"),
    ),
    Change.USERNAME_REMOVED: Words(
        done=_("Username removed."),
        announced=_("Your username was removed"),
        begun=_("Someone tried to remove your username"),
    ),
    Change.PASSWORD_SET: Words(
        done=_("Password set."),
        announced=_("A password was set for your account"),
        begun=_("Someone tried to set a password for your account"),
    ),
    Change.PASSWORD_RESET: Words(done=_("Emailed."), announced=_("Your password was reset")),
    Change.PASSWORD_CHANGED: Words(
        done=_("Password changed."),
        announced=_("Your password was changed"),
        begun=_("Someone tried to change your password"),
    ),
    Change.AUTHENTICATOR_ADDED: Words(
        done=_("Authenticator app added."),
        announced=_("An authenticator app was added to your account"),
        begun=_("Someone tried to add an authenticator app to your account"),
    ),
    Change.AUTHENTICATOR_REPLACED: Words(
        done=_("Authenticator app replaced."),
        announced=_("Your authenticator app was replaced"),
        begun=_("Someone tried to replace your authenticator app"),
    ),
    Change.AUTHENTICATOR_REMOVED: Words(
        done=_("Authenticator app removed."),
        announced=_("Your authenticator app was removed"),
        begun=_("Someone tried to remove your authenticator app"),
    ),
    Change.BACKUP_CODES_MADE: Words(
        done=_("You have new backup codes."),
        announced=_("New backup codes were created for your account"),
        begun=_("Someone tried to create new backup codes for your account"),
    ),
    Change.BACKUP_CODES_REMOVED: Words(
        done=_("Backup codes removed."),
        announced=_("Your backup codes were removed"),
        begun=_("Someone tried to remove your backup codes"),
    ),
    Change.PASSKEY_STARTED: Words(done=_("Continue there.")),
    Change.PASSKEY_ADDED: Words(
        done=_("Passkey added."),
        announced=_("A passkey was added to your account"),
        begun=_("Someone tried to add a passkey to your account"),
    ),
    Change.PASSKEY_REMOVED: Words(
        done=_("Passkey removed."),
        announced=_("A passkey was removed from your account"),
        begun=_("Someone tried to remove a passkey from your account"),
    ),
    Change.TWO_STEP_ON: Words(
        done=_("Two-step verification is on."),
        announced=_("Two-step verification was turned on for your account"),
        begun=_("Someone tried to turn on two-step verification for your account"),
    ),
    Change.TWO_STEP_OFF: Words(
        done=_("Two-step verification is off."),
        announced=_("Two-step verification was turned off for your account"),
        begun=_("Someone tried to turn off two-step verification for your account"),
    ),
    Change.CONNECTION_STARTED: Words(done=_("Continue at the other account to connect it.")),
    Change.CONNECTION_ADDED: Words(
        done=_("%(name)s connected. You can now sign in with it."),
        announced=_("Another account was connected to yours"),
        begun=_("Someone tried to connect another account to yours"),
    ),
    Change.CONNECTION_REPLACED: Words(
        done=_("%(name)s replaced. You now sign in with %(account)s instead of %(before)s."),
        announced=_("One of your connected accounts was replaced"),
        begun=_("Someone tried to replace one of your connected accounts"),
    ),
    Change.CONNECTION_REMOVED: Words(
        done=_("Connected account removed."),
        announced=_("One of your connected accounts was removed"),
        begun=_("Someone tried to remove one of your connected accounts"),
    ),
    Change.APP_REMOVED: Words(
        done=_("Access removed."),
        announced=_("An app’s access to your account was removed"),
        begun=_("Someone tried to remove an app’s access to your account"),
    ),
    Change.APP_ORGANIZATIONS_CHANGED: Words(
        done=_("The app can act in fewer organisations now."),
        announced=_("The organisations an app can act in were changed"),
        begun=_("Someone tried to change the organisations an app can act in"),
    ),
    Change.ALL_APPS_REMOVED: Words(
        done=_("Access removed from all apps."),
        announced=_("All apps’ access to your account was removed"),
        begun=_("Someone tried to remove all apps’ access to your account"),
    ),
    Change.EMAIL_PROOF_SENT: Words(done=_("We emailed you a code.")),
    Change.EMAIL_PROVEN: Words(
        done=_("Email confirmed. From now on you see invitations to it here."), name=_("You confirmed your email")
    ),
    Change.ORGANIZATION_JOINED: Words(
        done=_("You’ve joined %(name)s."),
        announced=_("You joined an organisation"),
        begun=_("Someone tried to join an organisation with your account"),
    ),
    Change.ORGANIZATION_DECLINED: Words(
        done=_("You’ve declined the invitation to %(name)s."), name=_("You declined an invitation to an organisation")
    ),
    Change.ORGANIZATION_LEFT: Words(
        done=_("You’ve left %(name)s."),
        announced=_("You left an organisation"),
        begun=_("Someone tried to leave an organisation with your account"),
    ),
    Change.ACCESS_TOKEN_ADDED: Words(
        done=_("You have a new access token."),
        announced=_("An access token for your account was created"),
        begun=_("Someone tried to create an access token for your account"),
    ),
    Change.ACCESS_TOKEN_RENAMED: Words(done=_("Saved"), name=_("An access token was renamed")),
    Change.ACCESS_TOKEN_REMOVED: Words(
        done=_("Access token removed."),
        announced=_("An access token of your account was removed"),
        begun=_("Someone tried to remove an access token of your account"),
    ),
    Change.ACCOUNT_RESTORED: Words(
        done=_("Your account is back to what it was."),
        announced=_("The last changes to your account were undone"),
        begun=_("Someone tried to undo the last changes to your account"),
        value="email",
    ),
    Change.ACCOUNT_REPORTED: Words(
        done=_("Everyone is signed out of your account."),
        announced=_("Everyone was signed out of your account"),
        begun=_("Someone tried to sign everyone out of your account"),
        is_limited=False,
        is_reportable=False,
    ),
    Change.ACCESS_TOKENS_REMOVED: Words(
        done=_("Access tokens removed."), name=_("Access tokens of your account were removed")
    ),
    Change.ALL_SESSIONS_ENDED: Words(
        done=_("You’re signed out everywhere."), name=_("All your devices were signed out"), is_limited=False
    ),
    Change.ACCOUNT_LOCKED: Words(
        done=_("Everyone is locked out."),
        announced=_("Everyone was locked out of your account"),
        begun=_("Someone tried to lock everyone out of your account"),
        is_limited=False,
    ),
    Change.NEW_DEVICE: Words(done=_("Emailed."), announced=_("A new device signed in to your account")),
    Change.SIGN_IN_STOPPED: Words(
        done=_("Emailed."), announced=_("Someone started to sign in to your account on a new device")
    ),
    Change.ALERT_ADDRESS_CODE_SENT: Words(done=_("We emailed you a code.")),
    Change.ALERT_ADDRESS_ADDED: Words(
        done=_("Alert address added. It gets every security alert from now on."),
        announced=_("An alert address was added to your account"),
        begun=_("Someone tried to add an alert address to your account"),
        value="alert-address",
    ),
    Change.ALERT_ADDRESS_CHANGED: Words(
        done=_("Alert address changed. It gets every security alert from now on."),
        announced=_("Your alert address was changed"),
        begun=_("Someone tried to change your alert address"),
        value="alert-address",
    ),
    Change.ALERT_ADDRESS_REMOVED: Words(
        done=_("Alert address removed."),
        announced=_("Your alert address was removed"),
        begun=_("Someone tried to remove your alert address"),
        value="alert-address",
    ),
    Change.DEVICE_ALERTS_ON: Words(
        done=_("Emails about new devices are on."),
        announced=_("Emails about new devices were turned on for your account"),
        begun=_("Someone tried to turn on emails about new devices for your account"),
    ),
    Change.DEVICE_ALERTS_OFF: Words(
        done=_("Emails about new devices are off."),
        announced=_("Emails about new devices were turned off for your account"),
        begun=_("Someone tried to turn off emails about new devices for your account"),
    ),
    Change.SESSION_ENDED: Words(
        done=_("Signed out. Apps open on that device may keep working for a while."),
        announced=_("One of your devices was signed out"),
        begun=_("Someone tried to sign out one of your devices"),
    ),
    Change.OTHER_SESSIONS_ENDED: Words(
        done=_("Your other devices are signed out."),
        announced=_("Your other devices were signed out"),
        begun=_("Someone tried to sign out your other devices"),
    ),
    Change.DATA_DOWNLOADED: Words(
        done=_("Your data is being downloaded."),
        announced=_("A copy of your data was downloaded"),
        begun=_("Someone tried to download a copy of your data"),
    ),
    Change.DELETION_ASKED: Words(
        done=_("We’ll delete your account on the day below. Until then you can keep it."),
        announced=_("Your account will be deleted"),
        begun=_("Someone tried to delete your account"),
    ),
    Change.DELETION_PUT_OFF: Words(
        done=_("The deletion of your account was put off."),
        announced=_("Your account will be deleted on a later day"),
        is_limited=False,
    ),
    # Like every way back: an intruder must not be able to use it up.
    Change.DELETION_CANCELLED: Words(
        done=_("Your account stays. It won’t be deleted."),
        announced=_("Your account won’t be deleted"),
        begun=_("Someone tried to stop the deletion of your account"),
        is_limited=False,
    ),
    Change.DELETION_STOPPED: Words(
        done=_("Your account was not deleted."),
        announced=_("Your account was not deleted, because something has to be settled first"),
        is_limited=False,
    ),
    Change.ACCOUNT_DELETED: Words(
        done=_("Your account is deleted."),
        announced=_("Your account was deleted"),
        begun=_("Someone tried to delete your account"),
        is_limited=False,
    ),
}
