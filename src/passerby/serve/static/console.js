// What pages cannot do without a script: nothing here is needed to read them.
"use strict";

const formKey = document.querySelector('meta[name="form-key"]')?.content ?? "";

// A picture is sent as it is, as the body of a request: a form would have it put into a file.
const search = document.getElementById("picture-search");
search?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = document.getElementById("found");
  const fields = new FormData(search);
  const picture = fields.get("picture");
  const say = (text) => {
    const line = document.createElement("p");
    line.className = "problem";
    line.textContent = text;
    found.replaceChildren(line);
  };
  if (picture.size > Number(search.dataset.limit) * 1e6) {
    say(`The picture is larger than ${search.dataset.limit} MB: cut it out first.`);
    return;
  }
  const where = new URLSearchParams();
  for (const name of ["camera", "since", "until"]) where.set(name, fields.get(name));
  const button = search.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(`/search/picture?${where}`, {
      method: "POST",
      body: picture,
      headers: {
        "content-type": "application/octet-stream",
        "x-form-key": formKey,
        "x-purpose": encodeURIComponent(fields.get("purpose")),
      },
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) found.replaceChildren(...page.body.childNodes);
    else say(page.querySelector("main p")?.textContent ?? "It did not work.");
  } catch {
    say("The console does not answer: try again.");
  } finally {
    button.disabled = false;
  }
});

// On a narrow screen the menu scrolls: the page that is open is in sight.
document.querySelector("nav [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A form that is sent twice by a second click does the same thing once.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.target === search) return;
  if (event.target.dataset.sent) event.preventDefault();
  else if (!event.target.action.endsWith("/export")) event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
