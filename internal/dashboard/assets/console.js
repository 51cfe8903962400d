// What the console does beyond its plain forms. Everything works without it.

// Copy buttons: data-copy names the element whose text is copied.
async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Plain http, elsewhere than on localhost, has no clipboard: select the text for the person to copy.
    getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = before), 2000);
}

// Dialogs: data-dialog names the one that a link opens, and data-close closes the one around it.
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-copy], [data-dialog], [data-close], .menu-button");
  if (!target) return;
  if (target.dataset.copy) {
    copy(target);
  } else if (target.dataset.dialog) {
    event.preventDefault();
    document.getElementById(target.dataset.dialog).showModal();
  } else if (target.matches(".menu-button")) {
    const opened = target.getAttribute("aria-expanded") !== "true";
    target.setAttribute("aria-expanded", String(opened));
  } else {
    event.preventDefault();
    target.closest("dialog").close();
  }
});

// Links that look like buttons are pressed like buttons.
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

// Typed confirmations: the button works when the word is there.
document.addEventListener("input", (event) => {
  const word = event.target.dataset.word;
  if (word !== undefined) event.target.form.querySelector("button").disabled = event.target.value !== word;
});
for (const input of document.querySelectorAll("[data-word]")) {
  input.form.querySelector("button").disabled = input.value !== input.dataset.word;
}

// A file that is too large is refused before it is sent.
document.addEventListener("change", (event) => {
  const { mostBytes, tooLarge } = event.target.dataset;
  if (mostBytes === undefined) return;
  const size = event.target.files[0]?.size ?? 0;
  event.target.setCustomValidity(size > Number(mostBytes) ? tooLarge : "");
  event.target.reportValidity();
});

// An answer that has not what it was asked for, such as the page for signing in, is shown whole. What answers a form
// under the form's own address can't be asked for again: it is shown as it came, or told where it is no page of ours.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (!target.id || xhr.responseText.includes(`id="${target.id}"`)) return;
  const answersForm = requestConfig.verb === "post" && xhr.responseURL === new URL(requestConfig.path, location).href;
  if (answersForm && xhr.responseText.includes('<main id="main"')) {
    const main = document.getElementById("main");
    Object.assign(event.detail, { target: main, selectOverride: "#main", swapOverride: "outerHTML show:window:top" });
    return;
  }
  event.detail.shouldSwap = false;
  if (answersForm) {
    tell(`It did not work: the answer has the status ${xhr.status}, and is not from Usher but from a proxy before it.`);
  } else {
    location.assign(xhr.responseURL);
  }
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig.verb === "post") tell("It did not work: the connection broke off before there was an answer.");
});

/** Says at the top of the page what went wrong. */
function tell(text) {
  const flash = document.createElement("p");
  flash.className = "flash bad";
  flash.textContent = text;
  const flashes = document.querySelector(".flashes");
  flashes.replaceChildren(flash);
  flashes.scrollIntoView({ block: "nearest" });
}

// A dialog that came open with the page becomes one that keeps the rest of the page out.
for (const dialog of document.querySelectorAll("dialog[open]")) {
  dialog.close();
  dialog.showModal();
}

// The code of an invitation stands behind the # of the address, which no browser sends: it goes into the
// form, and out of the address and the history.
const welcome = document.querySelector("[data-code-from-address]");
if (welcome && location.hash.length > 1) {
  welcome.elements.code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  welcome.elements.name.focus();
}
