"""The review pages, under /review/."""

from django.urls import path

from labeling.pages import correcting, sitting, views
from labeling.pages.ahead import ahead
from labeling.pages.alike import alike
from labeling.pages.keys_form import keys_page

urlpatterns = [
    path("", views.start, name="review"),
    path("work/", views.work, name="review-work"),
    path("waiting/", views.waits, name="review-waiting"),
    path("ahead/", ahead, name="review-ahead"),
    path("sitting/", sitting.sitting, name="review-sitting"),
    path("sitting/end/", sitting.end, name="review-end"),
    path("pause/", sitting.pause, name="review-pause"),
    path("again/", views.again, name="review-again"),
    path("keys/", keys_page, name="review-keys"),
    path("seats/<seat:seat_id>/", views.answer, name="review-answer"),
    path("undo/", correcting.undo, name="review-undo"),
    path("seats/<seat:seat_id>/correct/", correcting.correct, name="review-correct"),
    path("seats/<seat:seat_id>/alike/", alike, name="review-alike"),
    path("seats/<seat:seat_id>/skip/", views.skip, name="review-skip"),
    path("seats/<seat:seat_id>/renew/", views.renew, name="review-renew"),
    path("seats/<seat:seat_id>/release/", views.release, name="review-release"),
]
