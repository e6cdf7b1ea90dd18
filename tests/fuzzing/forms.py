"""What a page's forms would send as they stand: names and values, and which of them are files."""

from html.parser import HTMLParser

TICKED = ("checkbox", "radio")


class Fields(HTMLParser):
    """Reads the fields of all forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.files: set[str] = set()
        self._select = ""
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note a field."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") == "file":
            self.files.add(name)
        elif tag == "input" and name and ("checked" in given or given.get("type") not in TICKED):
            self.values[name] = given.get("value", "on")
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text, self.values[name] = name, ""
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = given.get("value", "")

    def handle_endtag(self, tag):
        """Note where a field ends."""
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data):
        """Note what a field of many lines holds."""
        if self._text:
            self.values[self._text] += data
