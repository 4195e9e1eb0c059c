"""Whatever JSON Logto may hold can be read and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings_app.logto import types
from settings_app.logto.types import (
    AccountCenter,
    Address,
    ApiResource,
    Application,
    ApplicationLook,
    Connector,
    ConsentScopes,
    CustomProfileField,
    EmailBlocklist,
    Factor,
    FieldOption,
    FieldPolicy,
    Grant,
    InvitationStatus,
    LogtoConfig,
    LogtoSession,
    Organization,
    PasswordPolicy,
    PasswordVerdict,
    Person,
    Profile,
    PublicSignInExperience,
    Role,
    ServiceStatus,
    SignInExperience,
    SocialIdentity,
    SsoConnector,
    SsoIdentity,
    TwoStepPolicy,
    UsernamePolicy,
    VerificationCodePolicy,
)

READERS: list[Callable[[object], object]] = [
    AccountCenter.from_api,
    Address.from_api,
    ApiResource.from_api,
    Application.from_api,
    ApplicationLook.from_api,
    Connector.from_api,
    ConsentScopes.from_api,
    CustomProfileField.from_api,
    EmailBlocklist.from_api,
    Factor.from_api,
    Grant.from_api,
    Organization.from_api,
    Role.from_api,
    LogtoConfig.from_api,
    PasswordPolicy.from_api,
    PasswordVerdict.from_api,
    Person.from_api,
    Profile.from_api,
    PublicSignInExperience.from_api,
    ServiceStatus.from_api,
    LogtoSession.from_api,
    SignInExperience.from_api,
    SocialIdentity.all_from_api,
    SsoConnector.from_api,
    SsoIdentity.from_api,
    TwoStepPolicy.from_api,
    UsernamePolicy.from_api,
    VerificationCodePolicy.from_api,
]
WORDS = """
    id userId name email profile address nickname givenName locality identities details customData
    ssoIdentities detail createdAt updatedAt lastSignInAt isSuspended hasPassword payload lastSubmission
    signInContext ip authorizations sid loginTs iat expiresAt clientId application openid scope enabled
    fields profileFields mfa factors policy type config options parts value label minLength maxValue
    format customFormat signIn methods identifier signUp identifiers secondaryIdentifiers color branding
    logoUrl passwordPolicy length min max rejects words usernamePolicy allowedChars socialConnectors
    ssoConnectors connectorId templates deliveries usageType status oidcClientMetadata redirectUris
    interpolation issues code result remainCodes lastUsedAt languageInfo fallbackLanguage
    verificationCodePolicy
""".split()  # noqa: SIM905  # eighty lines otherwise
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["Edit", "Generic", "ready", "2026-11-21"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)


def readable(value: object) -> bool:
    """Whether a value of a dataclass is of a type that a template can show."""
    if is_dataclass(value):
        return all(readable(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple):
        return all(readable(item) for item in value)
    return value is None or isinstance(value, (str, bool, int, float, datetime, dict))


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=40)
@given(source=JSON)
def test_any_json_can_be_read(read: Callable[[object], object], source: object) -> None:
    assert readable(read(source))


@given(source=st.dictionaries(st.sampled_from(WORDS), JSON, max_size=8))
def test_any_person_can_be_shown(source: dict[str, Any]) -> None:
    person = Person.from_api(source)
    shown = (
        f"{person.display_name} {person.initials} {person.profile.address} {person.identities} {person.sso_identities}"
    )
    assert shown.encode()
    assert repr(person) == f"Person({person.id!r})"
    assert isinstance(person.is_suspended, bool)
    assert all(
        moment is None or moment.tzinfo for moment in (person.created_at, person.updated_at, person.last_sign_in_at)
    )


@given(name=st.text(min_size=1, max_size=128))
def test_a_name_is_kept_exactly(name: str) -> None:
    assert Person.from_api({"id": "a", "name": name}).name == name


def test_every_type_is_frozen() -> None:
    for name in types.__all__:
        cls = getattr(types, name)
        assert cls in (FieldPolicy, InvitationStatus) or cls.__dataclass_params__.frozen
    with pytest.raises(FrozenInstanceError):
        Person(id="a").id = "b"  # type: ignore[misc]


def test_a_person_is_read_whole() -> None:
    person = Person.from_api(
        {
            "id": "u1",
            "username": "ada",
            "primaryEmail": "ada@x.test",
            "primaryPhone": "12025550150",
            "name": "Ada Lovelace",
            "avatar": None,
            "customData": {"a": {"b": None}},
            "identities": {"google": {"userId": "g1", "details": {"email": "a@g.test", "rawData": {"x": 1}}}, "odd": 5},
            "lastSignInAt": None,
            "createdAt": 1795233805745,
            "updatedAt": 1795233805745,
            "profile": {"givenName": "Ada", "address": {"postalCode": "3000"}},
            "applicationId": "app1",
            "isSuspended": True,
            "hasPassword": True,
            "passwordDigest": "never-read",
            "ssoIdentities": [
                {
                    "ssoConnectorId": "sso1",
                    "issuer": "https://idp.test",
                    "identityId": "e1",
                    "detail": {"name": "A. L.", "x": 5, "y": {}},
                }
            ],
        }
    )
    assert (person.email, person.phone, person.avatar, person.is_suspended, person.has_password) == (
        "ada@x.test",
        "12025550150",
        "",
        True,
        True,
    )
    assert person.created_at == datetime(2026, 11, 21, 4, 3, 25, 745000, UTC)
    assert person.last_sign_in_at is None
    assert person.profile == Profile(given_name="Ada", address=Address(postal_code="3000"))
    assert person.identity("google") == SocialIdentity("google", "g1", email="a@g.test")
    assert person.identity("github") is None
    assert person.sso_identities[0].name == "A. L."
    assert person.custom_data == {"a": {"b": None}}
    assert "never-read" not in str(vars(person))


@pytest.mark.parametrize(
    ("source", "name", "initials"),
    [
        ({"name": "Ada Lovelace", "username": "ada"}, "Ada Lovelace", "AL"),
        ({"name": "Ada Byron King Lovelace"}, "Ada Byron King Lovelace", "AL"),
        ({"name": "  ", "profile": {"givenName": "Ada"}}, "Ada", "A"),
        ({"name": None, "username": "ada"}, "ada", "A"),
        ({"primaryEmail": "ada@x.test"}, "ada@x.test", "AX"),
        ({"primaryPhone": "12025550150"}, "+12025550150", ""),
        ({"name": "עדה לאבלייס"}, "עדה לאבלייס", "על"),
        ({"name": "李"}, "李", "李"),
        ({"name": "🙂 smile"}, "🙂 smile", "S"),
        ({"name": "ß"}, "ß", "ß"),
        ({"name": "\u200b\u3164", "username": "ada"}, "ada", "A"),
        ({}, "u1", "U"),
    ],
)
def test_a_person_is_called_by_the_best_name_there_is(source: dict[str, Any], name: str, initials: str) -> None:
    person = Person.from_api({"id": "u1", **source})
    assert (person.display_name, person.initials) == (name, initials)


@pytest.mark.parametrize(
    "avatar", ["http://x.test/a.png", "javascript:alert(1)", "data:image/png;base64,AA", "//x.test/a", "", 5]
)
def test_a_picture_is_shown_from_https_alone(avatar: object) -> None:
    assert Person.from_api({"id": "u1", "avatar": avatar}).avatar_url == ""
    assert Person.from_api({"id": "u1", "avatar": "HTTPS://x.test/a.png"}).avatar_url == "HTTPS://x.test/a.png"


def test_a_session_gives_up_the_value_of_its_cookie() -> None:
    session = LogtoSession.from_api(
        {"payload": {"uid": "s1", "jti": "cookie-value", "authorizations": {"web": {"sid": "sid-value"}}}}
    )
    assert "cookie-value" not in str(vars(session)) + repr(session)
    assert "sid-value" not in repr(session)
    assert session.is_of("web", "sid-value")
    assert not session.is_of("web", "other")
    assert not session.is_of("other", "sid-value")
    assert not LogtoSession.from_api({"payload": {"authorizations": {"web": {}}}}).is_of("web", "")


@pytest.mark.parametrize(
    "content", [{}, {"passwordPolicy": {}}, {"passwordPolicy": {"length": {}}}, {"passwordPolicy": None}]
)
def test_absent_groups_of_the_password_policy_have_logtos_defaults(content: dict[str, Any]) -> None:
    policy = SignInExperience.from_api(content).password_policy
    assert (policy.min_length, policy.max_length, policy.min_character_types) == (8, 256, 1)
    assert policy.rejects_pwned
    assert policy.rejects_user_info
    assert policy.rejects_repetition_and_sequence


def test_a_sign_in_experience_is_read_whole() -> None:
    experience = SignInExperience.from_api(
        {
            "signIn": {"methods": [{"identifier": "email", "password": True, "verificationCode": True}]},
            "signUp": {"identifiers": ["email"], "password": True, "secondaryIdentifiers": [{"identifier": "phone"}]},
            "socialSignInConnectorTargets": ["google"],
            "mfa": {
                "factors": ["Totp"],
                "policy": "PromptOnlyAtSignInMandatory",
                "organizationRequiredMfaPolicy": "Mandatory",
            },
            "usernamePolicy": {
                "caseSensitive": False,
                "minLength": 3,
                "maxLength": 999,
                "allowedChars": {"uppercase": False},
            },
            "emailBlocklistPolicy": {"blockSubaddressing": True, "customBlocklist": ["@spam.test"]},
            "verificationCodePolicy": {"expirationDuration": 120},
            "passwordPolicy": {"length": {"min": 12, "max": 64}, "rejects": {"pwned": False, "words": ["acme"]}},
            "passkeySignIn": {"enabled": True},
        }
    )
    assert experience.sign_in_methods[0].verification_code
    assert (experience.sign_up_identifiers, experience.secondary_identifiers) == (("email",), ("phone",))
    assert experience.two_step == TwoStepPolicy(("Totp",), "PromptOnlyAtSignInMandatory", organizations_require=True)
    assert experience.two_step.is_mandatory
    assert experience.username_policy == UsernamePolicy(min_length=3, uppercase=False)
    assert experience.email_blocklist == EmailBlocklist(blocks_subaddressing=True, blocked=("@spam.test",))
    assert experience.verification_code == VerificationCodePolicy(expiration_seconds=120, max_attempts=10)
    assert experience.password_policy == PasswordPolicy(12, 64, rejects_pwned=False, rejected_words=("acme",))
    assert experience.passkey_sign_in_enabled


@pytest.mark.parametrize("policy", ["UserControlled", "PromptOnlyAtSignIn", "PromptAtSignInAndSignUp", "NoPrompt"])
def test_a_policy_that_only_prompts_is_not_mandatory(policy: str) -> None:
    assert not TwoStepPolicy(policy=policy).is_mandatory


@pytest.mark.parametrize(
    ("factory", "platform", "linkable"),
    [
        ("google-universal", "Universal", True),
        ("github-universal", "Universal", True),
        ("wechat-web", "Web", True),
        ("wechat-native", "Native", False),
        ("apple-universal", "Universal", False),
        ("x-universal", "Universal", False),
        ("linkedin-universal", "Universal", False),
        ("oauth2", "Universal", False),
        ("oidc", "Universal", False),
        ("saml", "Universal", False),
        ("mock-social-connector", "Universal", True),
    ],
)
def test_connectors_that_need_the_hosted_sign_in_are_known(factory: str, platform: str, linkable: bool) -> None:
    assert Connector.from_api({"id": "c", "connectorId": factory, "platform": platform}).is_linkable is linkable


@pytest.mark.parametrize(
    ("language", "name"), [("de", "Neu"), ("zh-cn", "新"), ("zh-tw", "新"), ("fr", "New"), ("pt-br", "New")]
)
def test_a_connector_is_named_in_the_persons_language(language: str, name: str) -> None:
    connector = Connector.from_api(
        {"id": "c", "target": "t", "name": {"en": "New", "de": "Neu", "zh-CN": "新", "pt": 5}}
    )
    assert connector.name(language) == name


def test_a_connector_without_a_name_is_called_by_its_target() -> None:
    assert Connector.from_api({"id": "c", "target": "google", "name": None}).name("de") == "google"


@pytest.mark.parametrize(
    ("config", "known"),
    [
        ({"templates": [{"usageType": "SignIn"}, {"usageType": "Generic"}]}, True),
        ({"templates": [{"usageType": "SignIn"}]}, False),
        ({"deliveries": {"Generic": {}}}, True),
        ({"deliveries": {}}, False),
        ({"endpoint": "https://x.test"}, None),
        (None, None),
    ],
)
def test_whether_codes_can_be_sent_is_read_before_the_configuration_is_dropped(
    config: object, known: bool | None
) -> None:
    assert Connector.from_api({"id": "c", "type": "Email", "config": config}).has_generic_template is known


def test_a_field_of_the_tenant_is_read_whole() -> None:
    field = CustomProfileField.from_api(
        {
            "name": "size",
            "type": "Select",
            "label": "Size",
            "description": None,
            "required": True,
            "config": {
                "options": [{"value": "m", "label": "Medium"}, {"value": "l"}],
                "placeholder": "Choose",
                "minLength": 2.0,
            },
            "sieOrder": 3,
        }
    )
    assert field.options == (FieldOption("m", "Medium"), FieldOption("l", "l"))
    assert (field.label, field.description, field.required, field.placeholder, field.order) == (
        "Size",
        "",
        True,
        "Choose",
        3,
    )
    assert (field.min_length, field.max_length, field.parts) == (2, None, ())


def test_a_field_of_several_parts_keeps_their_order() -> None:
    parts = [
        {"name": "country", "type": "Text", "enabled": False, "required": True},
        {"name": "locality", "type": "Text"},
    ]
    field = CustomProfileField.from_api({"name": "address", "type": "Address", "config": {"parts": parts}})
    assert [(part.name, part.enabled, part.required) for part in field.parts] == [
        ("country", False, True),
        ("locality", True, False),
    ]


@pytest.mark.parametrize(
    ("form", "custom", "expected"), [("dd/MM/yyyy", "x", "dd/MM/yyyy"), ("custom", "yyyy", "yyyy"), (None, None, "")]
)
def test_the_format_of_a_date_is_the_one_in_force(form: object, custom: object, expected: str) -> None:
    field = CustomProfileField.from_api(
        {"name": "d", "type": "Date", "config": {"format": form, "customFormat": custom}}
    )
    assert field.format == expected


def test_a_policy_that_is_not_one_of_the_three_words_is_off() -> None:
    center = AccountCenter.from_api(
        {"enabled": True, "fields": {"email": "edit", "phone": 5, "mfa": "Edit", "customData": "ReadOnly"}}
    )
    assert [center.policy(name) for name in ("email", "phone", "mfa", "custom_data", "enabled", "nothing")] == [
        FieldPolicy.OFF,
        FieldPolicy.OFF,
        FieldPolicy.EDIT,
        FieldPolicy.READ_ONLY,
        FieldPolicy.OFF,
        FieldPolicy.OFF,
    ]
    assert AccountCenter.from_api({"profileFields": None}).profile_fields is None


@pytest.mark.parametrize(
    ("content", "asks"),
    [
        ({}, True),
        ({"mfa": {"enabled": False}}, False),
        ({"mfa": {"enabled": True}}, True),
        ({"mfa": {"skipMfaOnSignIn": True}}, False),
    ],
)
def test_whether_the_second_step_is_asked_for(content: dict[str, Any], asks: bool) -> None:
    assert LogtoConfig.from_api(content).asks_at_sign_in is asks


def test_kinds_of_factors_are_told_apart() -> None:
    kinds = [Factor.from_api({"id": "f", "type": kind}) for kind in ("Totp", "WebAuthn", "BackupCode", "Future")]
    told = [(factor.is_authenticator, factor.is_passkey, factor.is_backup_codes) for factor in kinds]
    assert told == [(True, False, False), (False, True, False), (False, False, True), (False, False, False)]


@pytest.mark.parametrize("written", ["", "yesterday", 5, None, [], "9999-99-99", "2026-11-21T04:09:59+99:99"])
def test_a_moment_that_cannot_be_read_is_none(written: object) -> None:
    assert Factor.from_api({"createdAt": written}).created_at is None


@pytest.mark.parametrize(
    ("written", "name"), [(10**400, "1" + "0" * 400), (1e308, "1e+308"), (float("inf"), ""), (float("nan"), "")]
)
def test_no_number_is_too_large_to_be_read(written: float, name: str) -> None:
    person = Person.from_api({"id": "ada", "name": written, "createdAt": written, "profile": {"nickname": written}})
    assert person.created_at is None
    assert person.name == name


@pytest.mark.parametrize("written", [10**30, -(10**30), float("nan"), float("inf"), True, "1795233805745"])
def test_a_count_that_is_no_moment_is_none(written: object) -> None:
    assert Person.from_api({"id": "a", "createdAt": written}).created_at is None
