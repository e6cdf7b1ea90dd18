"""Files sent to the guide."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from labeling.models import ImportRun

CSV = "Message,Category\nHi.,allow\nBuy.,scam\n"


def sent(client, item_type, text=CSV, name="a.csv"):
    """Send a file to the guide and return its row, which waits, and its address."""
    file = SimpleUploadedFile(name, text.encode())
    answer = client.post(reverse("admin:start_data", args=[item_type.pk]), {"file": file})
    return ImportRun.objects.get(), answer["Location"]
