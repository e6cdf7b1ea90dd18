"use strict";
// A file dropped anywhere on the page is put into its field, and sent; one that is chosen is named.
(() => {
  const box = document.querySelector("[data-drop]");
  const field = box.querySelector("input[type=file]");
  const said = box.querySelector("[data-drop-text]");
  const carries = (event) => [...event.dataTransfer.types].includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    box.toggleAttribute("data-over", true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) box.removeAttribute("data-over");
  });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    box.removeAttribute("data-over");
    if (event.dataTransfer.files.length !== 1) {
      said.textContent = "One file at a time, please.";
      return;
    }
    field.files = event.dataTransfer.files;
    field.form.requestSubmit();
  });
  field.addEventListener("change", () => {
    said.textContent = field.files.length ? field.files[0].name : "Choose it, or drop it here.";
  });
})();
