"""Every endpoint of Logto's that the site calls, and each answer that the contract names for it (docs/logto.md).

An answer is a status and, where the body carries one, its code: of refusals, and of successes without. At the end of a
run of all contract tests each of these has to have been seen (witness.py); a new call of the site needs a row here.
"""

from __future__ import annotations

GUARD = "400 guard.invalid_input"  # a body, a query or a part of the address of the wrong shape (0.2)
PAGE = "400 guard.invalid_pagination"
NO_USER = "404 entity.not_found"
NO_ID = "404 entity.not_exists_with_id"
BREAKS = "500"  # Logto's own words for it have no code

ENDPOINTS: dict[str, tuple[str, ...]] = {
    # 0.4 and 1: a machine token, and a token that is none.
    "POST /oidc/token": (
        *("200", "400 oidc.invalid_target", "400 oidc.invalid_client", "401 oidc.invalid_client"),
        *("400 oidc.invalid_request", "400 oidc.unsupported_grant_type", "400 oidc.invalid_grant"),
    ),
    "GET /oidc/.well-known/openid-configuration": ("200",),
    "GET /oidc/jwks": ("200",),
    "GET /api/users": (
        *("200", "400 request.invalid_input", PAGE, "401 auth.authorization_header_missing"),
        *("401 auth.authorization_token_type_not_supported", "401 auth.unauthorized", "403 auth.forbidden"),
    ),
    # 2: the person.
    "GET /api/users/{id}": ("200", NO_USER),
    "PATCH /api/users/{id}": (
        *("200", GUARD, NO_USER, "422 entity.invalid_input", "422 entity.value_too_long", "422 user.invalid_phone"),
        *("422 user.username_already_in_use", "422 user.email_already_in_use", "422 user.phone_already_in_use"),
    ),
    "PATCH /api/users/{id}/profile": ("200", GUARD, NO_USER),
    "PATCH /api/users/{id}/custom-data": ("200", GUARD, NO_USER),
    "PATCH /api/users/{id}/is-suspended": ("200", GUARD, NO_USER),
    "DELETE /api/users/{id}": ("204", "400 user.cannot_delete_self", NO_USER),
    # 3: codes.
    "POST /api/verification-codes": (
        *("204", GUARD, "400 connector.template_not_found", "429 request.message_rate_limited"),
        "501 connector.not_found",
    ),
    "POST /api/verification-codes/verify": (
        *("204", GUARD, "400 verification_code.not_found", "400 verification_code.expired"),
        *("400 verification_code.exceed_max_try", "400 verification_code.code_mismatch"),
    ),
    # 4: passwords, and what the tenant wants.
    "POST /api/users/{id}/password/verify": ("204", GUARD, NO_USER, "422 session.invalid_credentials"),
    "PATCH /api/users/{id}/password": ("200", GUARD, NO_USER),
    "POST /api/sign-in-exp/default/check-password": ("200", "400", GUARD, "400 request.invalid_input", NO_USER),
    "GET /api/sign-in-exp": ("200",),
    "GET /api/.well-known/sign-in-exp": ("200",),
    "GET /api/account-center": ("200",),
    # 5: accounts elsewhere.
    "GET /api/connectors": ("200",),
    "POST /api/connectors/{connector}/authorization-uri": (
        *("200", GUARD, "400 session.insufficient_info", "400 connector.unexpected_type", "404 entity.not_found"),
        "501 connector.not_implemented",
    ),
    "POST /api/users/{id}/identities": (
        *("200", GUARD, "400 connector.general", "400 connector.invalid_response", NO_USER, BREAKS),
        *("401 connector.social_auth_code_invalid", "401 connector.social_invalid_id_token"),
        *("422 session.invalid_connector_id", "422 user.identity_already_in_use"),
    ),
    "DELETE /api/users/{id}/identities/{target}": ("200", NO_USER, "404 user.identity_not_exist"),
    # 7: second factors.
    "GET /api/users/{id}/mfa-verifications": ("200", NO_USER),
    "POST /api/users/{id}/mfa-verifications": (
        *("200", GUARD, NO_USER, "422 user.totp_secret_invalid", "422 user.totp_already_in_use"),
        *("422 user.wrong_backup_code_format", "422 user.backup_code_already_in_use"),
        "422 session.mfa.backup_code_can_not_be_alone",
    ),
    "DELETE /api/users/{id}/mfa-verifications/{factor}": ("204", "404 entity.not_found"),
    "GET /api/users/{id}/logto-configs": ("200", NO_USER),
    "PATCH /api/users/{id}/logto-configs": ("200", GUARD, NO_USER),
    # 8: sessions and grants. Of somebody unknown there are none, which is no refusal.
    "GET /api/users/{id}/sessions": ("200",),
    "DELETE /api/users/{id}/sessions/{uid}": (
        *("204", GUARD, "404 oidc.session_not_found", "404 oidc.invalid_session_account_id"),
    ),
    "GET /api/users/{id}/grants": ("200", GUARD),
    "DELETE /api/users/{id}/grants/{grant}": ("204", "404 oidc.invalid_grant"),
    # 9: the log.
    "GET /api/logs": ("200", GUARD, PAGE, "400 log.invalid_time_window"),
    # 10: organizations.
    "GET /api/users/{id}/organizations": ("200", NO_USER),
    "GET /api/organizations/{id}": ("200", NO_ID),
    "DELETE /api/organizations/{organization}/users/{id}": ("204", "404 entity.not_found"),
    "GET /api/organization-roles": ("200", PAGE),
    "GET /api/organization-invitations": ("200",),
    "PUT /api/organization-invitations/{invitation}/status": (
        *("200", GUARD, "404 entity.not_found", "422 request.invalid_input"),
    ),
    # 11: roles.
    "GET /api/users/{id}/roles": ("200", PAGE, NO_USER),
    "POST /api/users/{id}/roles": ("201", GUARD, NO_USER, NO_ID, "422 user.invalid_role_type"),
    "GET /api/roles": ("200", PAGE),
    "POST /api/roles": ("200", GUARD),
    "GET /api/roles/{id}/scopes": ("200", NO_ID),
    "POST /api/roles/{id}/scopes": ("201", GUARD, NO_ID),
    "GET /api/roles/{id}/users": ("200", NO_ID),
    "GET /api/configs/id-token": ("200",),
    # 12: personal access tokens.
    "GET /api/users/{id}/personal-access-tokens": ("200", NO_USER),
    "POST /api/users/{id}/personal-access-tokens": (
        *("201", GUARD, "400 request.invalid_input", "404 entity.relation_foreign_key_not_found"),
        "422 user.personal_access_token_name_exists",
    ),
    "PATCH /api/users/{id}/personal-access-tokens": (
        *("200", GUARD, "404 entity.not_exists", "422 user.personal_access_token_name_exists"),
    ),
    "POST /api/users/{id}/personal-access-tokens/delete": ("204", GUARD, "404 entity.not_found"),
    # 13: uploads.
    "GET /api/user-assets/service-status": ("200",),
    "POST /api/user-assets": (
        *("200", GUARD, "400 guard.file_size_exceeded", "400 guard.mime_type_not_allowed"),
        "400 storage.not_configured",
    ),
    # 14: applications, and what they may ask for.
    "GET /api/applications": ("200", GUARD, BREAKS),
    "POST /api/applications": ("200", GUARD, "400 application.invalid_third_party_application_type"),
    "GET /api/applications/{id}": ("200", NO_ID),
    "PATCH /api/applications/{id}": ("200", GUARD, NO_ID),
    "GET /api/applications/{id}/secrets": ("200",),
    "POST /api/applications/{id}/secrets": (
        *("201", GUARD, "400 request.invalid_input", "422 application.secret_name_exists"),
    ),
    "GET /api/applications/{id}/roles": ("200",),
    "POST /api/applications/{id}/roles": ("201", GUARD),
    "GET /api/applications/{id}/user-consent-scopes": ("200", NO_ID),
    "POST /api/applications/{id}/user-consent-scopes": (
        *("201", GUARD, NO_ID, "422 application.third_party_application_only"),
        *("422 application.user_consent_scopes_not_found", "422 application.consent_management_api_scopes_not_allowed"),
    ),
    "DELETE /api/applications/{id}/user-consent-scopes/{kind}/{scope}": ("204", GUARD, "404 entity.not_found"),
    "GET /api/applications/{application}/users/{id}/consent-organizations": (
        *("200", PAGE, NO_USER, NO_ID, "422 application.third_party_application_only"),
    ),
    "PUT /api/applications/{application}/users/{id}/consent-organizations": (
        *("204", GUARD, NO_ID, BREAKS, "422 application.third_party_application_only"),
        "422 organization.require_membership",
    ),
    "GET /api/applications/{id}/sign-in-experience": ("200", NO_ID),
    "PUT /api/applications/{id}/sign-in-experience": ("201", "200", GUARD, NO_ID, "422 entity.invalid_input"),
    "GET /api/resources": ("200",),
    "POST /api/resources": ("201", GUARD, "422 resource.resource_identifier_in_use"),
    "POST /api/resources/{id}/scopes": ("201", GUARD, NO_ID, "422 scope.name_exists"),
    "GET /api/organization-scopes": ("200",),
    # 15: webhooks.
    "GET /api/hooks": ("200",),
    "POST /api/hooks": ("201", GUARD, "400 hook.missing_events"),
    "PATCH /api/hooks/{id}": ("200", GUARD),
    # 16: the tenant's own fields.
    "GET /api/custom-profile-fields": ("200",),
}
