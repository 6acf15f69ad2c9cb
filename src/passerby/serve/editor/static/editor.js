"use strict";
const by = (id) => document.getElementById(id);
const stage = by("stage"), view = by("view"), picture = by("frame"), marked = by("box"), slider = by("time");
let files = [], file = 0, facts = null, at = 0, doubt = -1, box = null, version = 0, following = false;
let settled = new Set(), keys = [], offered = null, near = null, played = null, arrived = 0;
const chosen = new Set();

const formKey = document.querySelector("meta[name=form-key]").content;
by("reports").hidden = !formKey;

function tell(text) { by("told").textContent = text; }

async function ask(path, values) {
  const options = values === undefined ? {} : {
    method: "POST", headers: { "content-type": "application/json", "x-form-key": formKey }, body: JSON.stringify(values),
  };
  let answer;
  try { answer = await fetch(path, options); }
  catch { throw new Error("The editor does not answer: is it still running?"); }
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({ detail: "the editor does not answer" }));
    throw new Error(said.detail);
  }
  return answer;
}

const mine = (path) => `file/${file}/${path}`;
const seconds = (frame) => (frame / facts.rate).toFixed(2);
const clock = (frame) => seconds(frame) + " s";
const last = () => facts.first + facts.frames - 1;

function show(frame) {
  at = Math.max(facts.first, Math.min(last(), frame));
  slider.value = at;
  by("number").textContent = `${at}, ${clock(at)}`;
  picture.src = mine(`frame/${at}?v=${version}`);
  drawLine();
}

function setBox(value) {
  box = value;
  marked.hidden = !box;
  by("cover").disabled = by("bare").disabled = by("key").disabled = !box;
  if (!box) return;
  const [left, top, width, height] = box;
  marked.style.left = `${100 * left / facts.width}%`;
  marked.style.top = `${100 * top / facts.height}%`;
  marked.style.width = `${100 * width / facts.width}%`;
  marked.style.height = `${100 * height / facts.height}%`;
}

function place(event) {
  const area = view.getBoundingClientRect();
  const x = (event.clientX - area.left) / area.width * facts.width;
  const y = (event.clientY - area.top) / area.height * facts.height;
  return [Math.max(0, Math.min(facts.width, x)), Math.max(0, Math.min(facts.height, y))];
}

/** Show a place close up, or all of the frame. */
function zoomTo(place) {
  near = place;
  const scale = place ? Math.max(1, Math.min(4, facts.width / (10 * place[2]))) : 1;
  const from = (start, size, whole) => Math.max(0, Math.min(1 - 1 / scale, (start + size / 2) / whole - 0.5 / scale));
  const [x, y] = place ? [from(place[0], place[2], facts.width), from(place[1], place[3], facts.height)] : [0, 0];
  view.style.setProperty("--zoom", scale);
  view.style.transform = `scale(${scale}) translate(${-100 * x}%, ${-100 * y}%)`;
  by("zoom").setAttribute("aria-pressed", String(Boolean(place)));
}
const placeOf = (one) => one.places.find((place) => place.frame === one.frame)?.box ?? one.boxes[0] ?? null;
function zoom() {
  const one = facts.queue[doubt];
  if (near) zoomTo(null);
  else if (box || one) zoomTo(box ?? placeOf(one));
}

/** Show frames one after the other, at twice their speed; whatever else is done stops it. */
let playing = 0;
const isPlaying = () => by("play").getAttribute("aria-pressed") === "true";
function stop() {
  playing += 1;
  by("play").setAttribute("aria-pressed", "false");
}
async function play(first, end) {
  stop();
  const turn = playing, step = Math.max(1, Math.round(facts.rate / 10)), pause = 500 * step / facts.rate;
  by("play").setAttribute("aria-pressed", "true");
  played = [Math.max(facts.first, first), Math.min(last(), end)];
  for (let frame = played[0]; frame <= played[1] && turn === playing; frame += step) {
    const wait = new Promise((done) => { setTimeout(done, pause); });
    show(frame);
    await picture.decode().catch(() => {});
    await wait;
  }
  const wasLeft = turn === playing;
  if (wasLeft) stop();
  return wasLeft;
}

let corner = null;
stage.addEventListener("pointerdown", (event) => {
  if (!facts) return;
  stop();
  corner = place(event);
  stage.setPointerCapture(event.pointerId);
  stage.focus();
});
stage.addEventListener("pointermove", (event) => {
  if (!corner) return;
  const [x, y] = place(event), [left, top] = corner;
  setBox([Math.min(left, x), Math.min(top, y), Math.max(1, Math.abs(x - left)), Math.max(1, Math.abs(y - top))]);
});
stage.addEventListener("pointerup", () => { corner = null; });
stage.addEventListener("pointercancel", () => { corner = null; });

function drawLine() {
  const line = by("line");
  line.width = line.clientWidth;
  const pen = line.getContext("2d"), scale = line.width / Math.max(1, facts.frames);
  const colours = getComputedStyle(document.documentElement), x = (frame) => (frame - facts.first) * scale;
  pen.clearRect(0, 0, line.width, line.height);
  pen.fillStyle = colours.getPropertyValue("--accent");
  facts.tracks.forEach((one, row) => pen.fillRect(x(one.first), 2 + row % 5 * 4, Math.max(1, (one.last - one.first) * scale), 2));
  facts.queue.forEach((one, number) => {
    pen.fillStyle = colours.getPropertyValue(settled.has(number) ? "--line" : "--mark");
    pen.fillRect(x(one.frame) - 1, 22, 3, 6);
  });
  pen.fillStyle = colours.getPropertyValue("--ink");
  pen.fillRect(x(at), 0, 1, line.height);
}

function row(list, text, action, current) {
  const item = document.createElement("li"), button = document.createElement("button");
  button.textContent = text;
  button.addEventListener("click", action);
  if (current) button.setAttribute("aria-current", "true");
  item.append(button);
  list.append(item);
  return button;
}

function listDoubts() {
  const list = by("queue"), focused = list.contains(document.activeElement);
  list.replaceChildren();
  let current = null;
  facts.queue.forEach((one, number) => {
    const done = settled.has(number), when = facts.timed ? `${clock(one.frame)}: ` : "";
    const button = row(list, `${done ? "✓ " : ""}${when}${one.reason}`, () => goTo(number), number === doubt);
    if (done) button.className = "done";
    if (number === doubt) current = button;
  });
  by("dismiss").disabled = doubt < 0 || settled.has(doubt);
  listKinds();
  by("left").textContent = facts.queue.length ? `${facts.queue.length - settled.size} of ${facts.queue.length} left` : "";
  if (current && focused) current.focus({ preventScroll: true });
  if (current) list.scrollTop = Math.max(0, current.offsetTop - list.offsetTop - list.clientHeight / 2);
}

function goTo(number) {
  if (!facts.queue.length) { tell("No frame is in doubt."); return; }
  stop();
  if (doubt !== number) arrived = facts.edits.length;
  doubt = Math.max(0, Math.min(facts.queue.length - 1, number));
  const one = facts.queue[doubt];
  offered = one.places.length && !settled.has(doubt) ? placeOf(one) : null;
  setBox(offered);
  zoomTo(placeOf(one));
  show(one.frame);
  listDoubts();
  tell(`${doubt + 1} of ${facts.queue.length} in doubt: ${one.reason}`);
  if (offered) refine(doubt, offered);
}

/** Move the box that is proposed to where the head was followed to, unless somebody has changed it. */
let refining = 0;
async function refine(number, shown) {
  refining += 1;
  try {
    const found = await (await ask(mine(`offer/${number}`))).json();
    if (number === doubt && box === shown) { offered = found; setBox(found); zoomTo(found); }
  } catch (error) { tell(error.message); }
  refining -= 1;
}

/** Leave as they are what doubts are about, and go on. */
async function dismiss(numbers, said) {
  stop();
  if (numbers.length && await change("dismiss", numbers, said)) step(1);
}
const dismissThis = () => { if (doubt >= 0 && !settled.has(doubt)) dismiss([doubt], "Left as it is, and saved."); };
const ofKind = (kind) => [...facts.queue.keys()].filter((number) => facts.queue[number].kind === kind && !settled.has(number));
const dismissKind = (kind) => dismiss(ofKind(kind), "All left as they are, and saved.");

const KINDS = {
  uncovered: "found bare", "maybe uncovered": "perhaps bare", lost: "lost", failed: "covered in full", weak: "seen rarely or badly",
  gap: "not seen for long", still: "never moving", edited: "ends of covers", other: "others",
};
function listKinds() {
  by("kinds").replaceChildren();
  for (const [kind, name] of Object.entries(KINDS)) {
    const count = ofKind(kind).length;
    if (count < 2) continue;
    const button = document.createElement("button");
    button.textContent = `All ${count} ${name}: fine`;
    button.addEventListener("click", () => dismissKind(kind));
    by("kinds").append(button);
  }
}

/** The next doubt, or the one before, that no edit has settled. */
function step(way) {
  let number = doubt + way;
  while (number >= 0 && number < facts.queue.length && settled.has(number)) number += way;
  if (number >= 0 && number < facts.queue.length) { goTo(number); return; }
  if (way > 0 && file + 1 < files.length) { tell("That was the last in this file. F goes to the next one."); return; }
  tell(facts.queue.length > settled.size ? "There are no more in this direction." : "No frame is in doubt any more. Look through the whole copy all the same.");
}

function listTracks() {
  const list = by("tracks"), known = new Set(facts.tracks.map((one) => one.track));
  for (const number of [...chosen]) if (!known.has(number)) chosen.delete(number);
  const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
  list.replaceChildren();
  facts.tracks.forEach((one) => {
    const item = document.createElement("li"), label = document.createElement("label");
    const check = document.createElement("input"), small = document.createElement("img"), text = document.createElement("span");
    check.type = "checkbox";
    check.value = one.track;
    check.checked = chosen.has(one.track);
    check.addEventListener("change", () => {
      if (check.checked) { chosen.add(one.track); show(one.best); } else chosen.delete(one.track);
      allow();
    });
    small.alt = "";
    small.className = "small";
    small.dataset.track = one.track;
    text.textContent = `${one.track}: ${one.kinds.join(", ")}, ${seconds(one.first)} to ${clock(one.last)}`;
    label.append(check, small, text);
    item.append(label);
    list.append(item);
    if (focused === check.value) check.focus();
  });
  pictures();
  allow();
}

/** Small pictures of tracks come when the copy was read that far. */
let ready = new Set(), waiting = false;
async function pictures() {
  document.querySelectorAll("img.small").forEach((one) => {
    const track = Number(one.dataset.track);
    if (ready.has(track) && !one.src) one.src = mine(`thumbnail/${track}`);
  });
}
async function waitForPictures() {
  if (waiting) return;
  waiting = true;
  const asked = file;
  try {
    const found = await (await ask(mine("thumbnails"))).json();
    if (asked === file) { ready = new Set(found.tracks); pictures(); }
    waiting = false;
    if (!found.done || asked !== file) setTimeout(waitForPictures, 700);
  } catch { waiting = false; }
}

function allow() {
  const count = chosen.size, none = count === 0;
  for (const id of ["remove", "visible", "whole", "lengthen", "split", "none"]) by(id).disabled = none;
  by("join").disabled = count < 2;
}

function chooseHere() {
  chosen.clear();
  facts.tracks.filter((one) => one.first <= at && at <= one.last).forEach((one) => chosen.add(one.track));
  listTracks();
  tell(`${chosen.size} tracks chosen.`);
}

function sayEdit(one) {
  if (one.what === "dismiss") return `fine as it is: frame ${one.frame}, ${KINDS[one.doubt]}`;
  const where = one.reach ? `, frames ${one.reach[0]} to ${one.reach[1]}` : "";
  const whose = one.track !== undefined ? `track ${one.track}` : one.tracks ? `tracks ${one.tracks.join(", ")}` : one.frame ?? one.time ?? "";
  const span = one.what === "lengthen" ? `, ${one.first !== undefined ? `from ${one.first}` : `to ${one.last}`}` : one.what === "split" ? ` at ${one.frame}` : "";
  const how = one.visible ? " visible" : one.regions?.length ? ` ${one.regions.join(", ")}` : "";
  return `${one.what} ${whose}${span}${how}${where}${one.problem ? ": " + one.problem : ""}`;
}

function take(state) {
  Object.assign(facts, state);
  settled = new Set(state.settled);
  version += 1;
  const list = by("edits");
  list.replaceChildren();
  facts.edits.forEach((one, number) => row(list, `${number}: ${sayEdit(one)}`, () => {
    const frame = one.frame ?? one.keys?.[0].frame;
    if (frame !== undefined) show(frame);
  }));
  by("undo").disabled = !facts.edits.length;
  by("redo").disabled = !facts.can_redo;
  listDoubts();
  listTracks();
  show(at);
}

async function change(path, values, said) {
  tell("Following …");
  try {
    take(await (await ask(mine(path), values)).json());
    tell(said);
    return true;
  } catch (error) { tell(error.message); return false; }
}

/**
 * Cover the box: where it was proposed, as the doubt says; elsewhere as it was drawn. Then play what was covered since this doubt
 * was opened, and go on to the next one if nobody stops that; or stay here, where somebody else may be bare.
 */
async function coverBox(stay = false) {
  if (!box) return;
  stop();
  const drawn = box, isOffer = box === offered && at === facts.queue[doubt]?.frame;
  const edit = { what: "cover", frame: at, box, shape: by("shape").checked ? "box" : "ellipse" };
  setBox(null);
  const done = await (isOffer ? change(`accept/${doubt}`, {}, "Covered and saved.") : change("edits", edit, "Covered and saved."));
  if (!done) { setBox(drawn); return; }
  if (stay) return;
  zoomTo(null);
  const reaches = facts.edits.slice(arrived).map((one) => one.reach).filter(Boolean).flat();
  const around = Math.round(facts.rate / 2);
  if (!reaches.length || !facts.timed) return;
  const wasLeft = await play(Math.min(...reaches) - around, Math.max(...reaches) + around);
  if (wasLeft && settled.has(doubt)) step(1);
}

/** Show in cells what edits would uncover, and make them only if somebody is sure. */
async function uncover(edits, said) {
  const dialog = by("warning");
  try {
    const cells = await (await ask(mine(`preview/${at}`), edits[0])).blob();
    by("cells").src = URL.createObjectURL(cells);
  } catch (error) { tell(error.message); return; }
  by("sure").onclick = async () => { dialog.close(); await change("edits", edits, said); };
  dialog.showModal();
}

const removeTracks = () => uncover([...chosen].map((track) => ({ what: "remove", track })), "Taken away and saved.");
const leaveVisible = () => uncover([...chosen].map((track) => ({ what: "treat", track, visible: true })), "Left visible and saved.");
const removeInBox = () => { if (box) uncover([{ what: "remove", place: box, first: at, last: at }], "Taken away and saved."); };
const coverWhole = () => change("edits", [...chosen].map((track) => ({ what: "treat", track, regions: ["people"] })), "Covered whole and saved.");
const join = () => { if (chosen.size > 1) change("edits", { what: "join", tracks: [...chosen].sort((a, b) => a - b) }, "Joined and saved."); };

function lengthen() {
  const edits = facts.tracks.filter((one) => chosen.has(one.track) && (at < one.first || at > one.last))
    .map((one) => ({ what: "lengthen", track: one.track, [at < one.first ? "first" : "last"]: at }));
  if (edits.length) change("edits", edits, "Lengthened and saved.");
  else tell("Choose tracks, and go to a frame before or after them.");
}

function split() {
  let number = Math.max(0, ...facts.tracks.map((one) => one.track));
  const edits = facts.tracks.filter((one) => chosen.has(one.track) && one.first < at && at <= one.last)
    .map((one) => ({ what: "split", track: one.track, frame: at, number: number += 1 }));
  if (edits.length) change("edits", edits, "Split and saved.");
  else tell("Choose tracks, and go to a frame within them.");
}

function setKeys(value) {
  keys = value;
  by("keys").textContent = keys.length;
  by("move").disabled = keys.length === 0;
}
function addKey() {
  if (!box) return;
  setKeys([...keys.filter((one) => one.frame !== at), { frame: at, box }].sort((a, b) => a.frame - b.frame));
  tell(`${keys.length} key frames. Go to another frame, move the box, and press K again.`);
}
async function moveBox() {
  const shape = by("shape").checked ? "box" : "ellipse";
  if (keys.length && await change("edits", { what: "move", keys, shape }, "Covered between key frames and saved.")) { setKeys([]); setBox(null); }
}
const ofTime = (what, said) => change("edits", { what, time: `${by("begin").value}-${by("end").value}` }, said);

async function render(all) {
  try {
    await ask(all ? "render" : `render?file=${file}`, {});
    follow();
  } catch (error) { tell(error.message); }
}

/** Hear over a socket how far writing is. */
function follow() {
  if (following) return;
  following = true;
  const address = new URL(`progress?form_key=${encodeURIComponent(formKey)}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  let state = null;
  socket.addEventListener("message", (event) => { state = JSON.parse(event.data); tellProgress(state); });
  socket.addEventListener("close", () => {
    following = false;
    by("progress").hidden = true;
    if (!state || state.running) tell("The editor does not answer: is it still running?");
  });
}

function tellProgress(state) {
  const bar = by("progress");
  bar.hidden = !state.running;
  if (!state.running) { tellWritten(state); return; }
  const which = state.files > 1 ? `${state.name} (${state.file} of ${state.files})` : "the copy";
  if (state.files === 1 && state.done) { bar.max = facts.frames; bar.value = Math.min(state.done, facts.frames); } else bar.removeAttribute("value");
  tell(state.done ? `Writing ${which}: ${state.done} frames` : `Searching all frames of ${which} …`);
}

function tellWritten(state) {
  const written = state.copies.length ? `${state.copies.join(", ")} ${state.copies.length > 1 ? "are" : "is"} written. The self-check found ${state.uncovered ?? "not run; nobody"} uncovered.` : "";
  tell(state.error ? `A copy could not be written: ${state.error} ${written}` : written);
}

async function open(number) {
  file = number;
  facts = null;
  doubt = -1;
  stop();
  ready = new Set();
  chosen.clear();
  setKeys([]);
  tell("Reading the source …");
  try {
    facts = await (await ask(mine("facts"))).json();
  } catch (error) { tell(error.message); return; }
  setBox(null);
  by("file").value = number;
  document.title = `${facts.name} · passerby`;
  document.body.classList.toggle("still", !facts.timed);
  by("mute").disabled = !facts.sound;
  slider.min = facts.first;
  slider.max = last();
  at = facts.first;
  zoomTo(null);
  take(facts);
  if (facts.timed) waitForPictures();
  if (following) return;
  if (facts.queue.length > settled.size) step(1);
  else tell("No frame is in doubt. Look through the whole copy all the same.");
}

const CLICKS = {
  cover: () => coverBox(), dismiss: dismissThis, zoom, play: () => { if (isPlaying()) stop(); else play(at, last()); }, bare: removeInBox, remove: removeTracks, visible: leaveVisible, whole: coverWhole, join, lengthen, split, here: chooseHere,
  none: () => { chosen.clear(); listTracks(); }, key: addKey, move: moveBox, keep: () => by("warning").close(),
  undo: () => change("undo", {}, "Taken back."), redo: () => change("redo", {}, "Done again."),
  "whole-time": () => ofTime("cover_time", "Covered and saved."), mute: () => ofTime("mute", "Muted and saved."),
  render: () => render(false), "render-all": () => render(true),
};
for (const [id, action] of Object.entries(CLICKS)) by(id).addEventListener("click", () => { if (facts || id === "keep") action(); });
by("file").addEventListener("change", (event) => open(Number(event.target.value)));
slider.addEventListener("input", () => { stop(); setBox(null); show(Number(slider.value)); });
window.addEventListener("resize", () => { if (facts) drawLine(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (facts) drawLine(); });

const KEYS = {
  n: () => step(1), p: () => step(-1), ",": () => show(at - 1), ".": () => show(at + 1), z: CLICKS.undo, y: CLICKS.redo,
  escape: () => setBox(null), a: chooseHere, l: lengthen, s: split, j: join, k: addKey, m: moveBox,
  "[": () => { by("begin").value = seconds(at); }, "]": () => { by("end").value = seconds(at); },
  x: dismissThis, v: zoom, " ": CLICKS.play, f: () => { if (files.length > 1) open((file + 1) % files.length); },
};

document.addEventListener("keydown", (event) => {
  if (!facts || by("warning").open || event.ctrlKey || event.metaKey || event.altKey) return;
  const inText = event.target.matches("input:not([type=range], [type=checkbox]), select");
  const onField = event.target.matches("input, button, summary, select");
  const key = event.key.toLowerCase();
  if (inText) return;
  if (key === " " && onField) return;
  if (key !== " ") stop();
  if (key === "x" && event.shiftKey) { if (facts.queue[doubt]) dismissKind(facts.queue[doubt].kind); }
  else if (KEYS[key]) { KEYS[key](); if (key === " ") event.preventDefault(); }
  else if (key === "enter" && !onField) coverBox(event.shiftKey);
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
  try {
    files = await (await ask("files")).json();
    for (const [number, one] of files.entries()) {
      const option = new Option(`${one.name} (${one.doubts} in doubt${one.edits ? `, ${one.edits} edits` : ""})`, number);
      by("file").append(option);
    }
    by("choice").hidden = by("render-all").hidden = files.length < 2;
    const state = await (await ask("render")).json();
    await open(Math.max(0, files.findIndex((one) => one.doubts > 0)));
    if (state.running) follow();
    else if (state.error || state.copies.length) tellWritten(state);
  } catch (error) { tell(error.message); }
})();
