"use strict";
const by = (id) => document.getElementById(id);
const stage = by("stage"), picture = by("frame"), marked = by("box"), slider = by("time");
let facts = null, at = 0, doubt = -1, box = null, version = 0, polling = false;

function tell(text) { by("told").textContent = text; }

async function ask(path, values) {
  const options = values === undefined ? {} : {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(values),
  };
  const answer = await fetch(path, options);
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({ detail: "the editor does not answer" }));
    throw new Error(said.detail);
  }
  return answer;
}

function clock(frame) { return (frame / facts.rate).toFixed(2) + " s"; }

function show(frame) {
  at = Math.max(0, Math.min(facts.frames - 1, frame));
  slider.value = at;
  by("number").textContent = `${at}, ${clock(at)}`;
  picture.src = `/frame/${at}?v=${version}`;
  drawLine();
}

function setBox(value) {
  box = value;
  marked.hidden = !box;
  by("cover").disabled = !box;
  if (!box) return;
  const [left, top, width, height] = box;
  marked.style.left = `${100 * left / facts.width}%`;
  marked.style.top = `${100 * top / facts.height}%`;
  marked.style.width = `${100 * width / facts.width}%`;
  marked.style.height = `${100 * height / facts.height}%`;
}

function place(event) {
  const area = stage.getBoundingClientRect();
  const x = (event.clientX - area.left) / area.width * facts.width;
  const y = (event.clientY - area.top) / area.height * facts.height;
  return [Math.max(0, Math.min(facts.width, x)), Math.max(0, Math.min(facts.height, y))];
}

let corner = null;
stage.addEventListener("pointerdown", (event) => { corner = place(event); stage.setPointerCapture(event.pointerId); stage.focus(); });
stage.addEventListener("pointermove", (event) => {
  if (!corner) return;
  const [x, y] = place(event), [left, top] = corner;
  setBox([Math.min(left, x), Math.min(top, y), Math.max(1, Math.abs(x - left)), Math.max(1, Math.abs(y - top))]);
});
stage.addEventListener("pointerup", () => { corner = null; });

function drawLine() {
  const line = by("line");
  line.width = line.clientWidth;
  const pen = line.getContext("2d"), scale = line.width / Math.max(1, facts.frames);
  const colours = getComputedStyle(document.documentElement);
  pen.clearRect(0, 0, line.width, line.height);
  pen.fillStyle = colours.getPropertyValue("--accent");
  facts.tracks.forEach((one, row) => pen.fillRect(one.first * scale, 2 + row % 5 * 4, Math.max(1, (one.last - one.first) * scale), 2));
  pen.fillStyle = colours.getPropertyValue("--mark");
  facts.queue.forEach((one) => pen.fillRect(one.frame * scale - 1, 22, 3, 6));
  pen.fillStyle = colours.getPropertyValue("--ink");
  pen.fillRect(at * scale, 0, 1, line.height);
}

function row(list, text, action, current) {
  const item = document.createElement("li"), button = document.createElement("button");
  button.textContent = text;
  button.addEventListener("click", action);
  if (current) button.setAttribute("aria-current", "true");
  item.append(button);
  list.append(item);
}

function listDoubts() {
  const list = by("queue");
  list.replaceChildren();
  facts.queue.forEach((one, number) => row(list, `${clock(one.frame)}: ${one.reason}`, () => goTo(number), number === doubt));
}

function goTo(number) {
  if (!facts.queue.length) { tell("No frame is in doubt."); return; }
  doubt = Math.max(0, Math.min(facts.queue.length - 1, number));
  const one = facts.queue[doubt];
  setBox(one.boxes.length === 1 && one.reason.includes("uncovered") ? one.boxes[0] : null);
  show(one.frame);
  listDoubts();
  tell(`${doubt + 1} of ${facts.queue.length} in doubt: ${one.reason}`);
}

function chosen() { return [...document.querySelectorAll("#tracks input:checked")].map((one) => Number(one.value)); }

function listTracks() {
  const list = by("tracks"), numbers = [...new Set(facts.tracks.map((one) => one.track))];
  list.replaceChildren();
  numbers.forEach((number) => {
    const one = facts.tracks.find((track) => track.track === number);
    const item = document.createElement("li"), label = document.createElement("label"), check = document.createElement("input");
    check.type = "checkbox";
    check.value = number;
    check.addEventListener("change", () => { if (check.checked) show(one.best.frame); allow(); });
    label.append(check, ` ${number}: ${one.kind}, ${clock(one.first)} to ${clock(one.last)}`);
    item.append(label);
    list.append(item);
  });
  allow();
}

function allow() {
  const count = chosen().length;
  by("remove").disabled = by("whole").disabled = count === 0;
  by("join").disabled = count < 2;
}

function take(state) {
  facts.edits = state.edits;
  facts.can_redo = state.can_redo;
  version += 1;
  const list = by("edits");
  list.replaceChildren();
  facts.edits.forEach((one, number) => {
    const where = one.reach ? `, frames ${one.reach[0]} to ${one.reach[1]}` : "";
    const what = one.track === undefined ? one.frame ?? one.time ?? "" : `track ${one.track}`;
    row(list, `${number}: ${one.what} ${what}${where}${one.problem ? ": " + one.problem : ""}`, () => {
      if (one.frame !== undefined) show(one.frame);
    });
  });
  by("undo").disabled = !facts.edits.length;
  by("redo").disabled = !facts.can_redo;
  show(at);
}

async function change(path, values, said) {
  tell("Following …");
  try {
    take(await (await ask(path, values)).json());
    tell(said);
  } catch (error) { tell(error.message); }
}

async function coverBox() {
  if (!box) return;
  const edit = { what: "cover", frame: at, box, shape: by("shape").checked ? "box" : "ellipse" };
  setBox(null);
  await change("/edits", edit, "Covered and saved.");
}

async function removeTracks() {
  const edits = chosen().map((track) => ({ what: "remove", track }));
  const dialog = by("warning");
  try {
    const cells = await (await ask(`/preview/${at}`, edits[0])).blob();
    by("cells").src = URL.createObjectURL(cells);
  } catch (error) { tell(error.message); return; }
  by("sure").onclick = async () => {
    dialog.close();
    for (const edit of edits) await change("/edits", edit, "Taken away and saved.");
  };
  dialog.showModal();
}

async function poll() {
  const state = await (await ask("/render")).json();
  if (state.running) { tell(state.done ? `Writing the copy: ${state.done} of ${facts.frames} frames` : "Searching all frames …"); setTimeout(poll, 500); return; }
  polling = false;
  if (state.error) tell(`The copy could not be written: ${state.error}`);
  else if (state.copy) tell(`${state.copy} is written. The self-check found ${state.uncovered ?? "not run; nobody"} uncovered.`);
}

by("keep").addEventListener("click", () => by("warning").close());
by("cover").addEventListener("click", coverBox);
by("undo").addEventListener("click", () => change("/undo", {}, "Taken back."));
by("redo").addEventListener("click", () => change("/redo", {}, "Done again."));
by("remove").addEventListener("click", removeTracks);
by("whole").addEventListener("click", async () => {
  for (const track of chosen()) await change("/edits", { what: "treat", track, regions: ["people"] }, "Covered whole and saved.");
});
by("join").addEventListener("click", () => change("/edits", { what: "join", tracks: chosen() }, "Joined and saved."));
by("render").addEventListener("click", async () => {
  try { await ask("/render", {}); if (!polling) { polling = true; poll(); } } catch (error) { tell(error.message); }
});
slider.addEventListener("input", () => { setBox(null); show(Number(slider.value)); });
window.addEventListener("resize", drawLine);

document.addEventListener("keydown", (event) => {
  if (!facts || by("warning").open || event.ctrlKey || event.metaKey || event.altKey) return;
  const onField = event.target.matches("input, button, summary");
  const key = event.key.toLowerCase();
  if (key === "n") goTo(doubt + 1);
  else if (key === "p") goTo(doubt - 1);
  else if (key === ",") show(at - 1);
  else if (key === ".") show(at + 1);
  else if (key === "z") change("/undo", {}, "Taken back.");
  else if (key === "y") change("/redo", {}, "Done again.");
  else if (key === "escape") setBox(null);
  else if (key === "enter" && !onField) coverBox();
  else if (key === "b") {
    const side = facts.height / 10;
    setBox([(facts.width - side) / 2, (facts.height - side) / 2, side, side]);
    stage.focus();
  } else if (key.startsWith("arrow") && box && !onField) {
    const step = event.repeat ? 8 : 4, dx = { arrowleft: -step, arrowright: step }[key] ?? 0;
    const dy = { arrowup: -step, arrowdown: step }[key] ?? 0;
    const [left, top, width, height] = box;
    setBox(event.shiftKey ? [left, top, Math.max(4, width + dx), Math.max(4, height + dy)] : [left + dx, top + dy, width, height]);
    event.preventDefault();
  }
});

(async () => {
  tell("Reading the source …");
  try {
    facts = await (await ask("/facts")).json();
    slider.max = facts.frames - 1;
    listDoubts();
    listTracks();
    take(facts);
    const rendering = await (await ask("/render")).json();
    if (rendering.running) { polling = true; poll(); }
    else if (facts.queue.length) goTo(0);
    else tell("No frame is in doubt. Look through the whole copy all the same.");
  } catch (error) { tell(error.message); }
})();
