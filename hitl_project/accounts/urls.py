"""The addresses of signing in and of one's own account."""

from django.urls import path

from hitl_project.accounts import invited, oidc_views, own, signing_in

urlpatterns = [
    path("", own.account, name="account"),
    path("login/", signing_in.login, name="login"),
    path("logout/", signing_in.logout, name="logout"),
    path("code/", signing_in.second_factor, name="second-factor"),
    path("password/", own.password, name="password"),
    path("second/", own.second_factor, name="second"),
    path("second/codes/", own.recovery_codes, name="recovery-codes"),
    path("second/off/", own.second_factor_off, name="second-off"),
    path("sessions/end/", own.end_sessions, name="end-sessions"),
    path("invited/<str:token>/", invited.invited, name="invited"),
    path("provider/", oidc_views.begin, name="oidc"),
    path("provider/link/", oidc_views.link, name="oidc-link"),
    path("provider/back/", oidc_views.back, name="oidc-back"),
    path("provider/out/", oidc_views.out, name="oidc-out"),
]
