// The live wall: pictures of all cameras come over one socket, and the newest of each is drawn.
"use strict";

const STALE = 3000; // ms after which a picture is no longer called live

const cameras = new Map();
for (const figure of document.querySelectorAll("[data-camera]")) {
  const canvas = figure.querySelector("canvas");
  cameras.set(figure.dataset.camera, { figure, canvas, waiting: null, busy: false, at: 0 });
}

async function draw(camera) {
  camera.busy = true;
  while (camera.waiting) {
    const { released, jpeg, drawn } = camera.waiting;
    camera.waiting = null;
    try {
      const picture = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
      if (camera.canvas.width !== picture.width || camera.canvas.height !== picture.height) {
        camera.canvas.width = picture.width;
        camera.canvas.height = picture.height;
      }
      camera.canvas.getContext("2d").drawImage(picture, 0, 0);
      picture.close();
      camera.at = performance.now();
      camera.figure.dataset.latency = Date.now() - released / 1000;
      camera.figure.classList.add("live");
    } catch {
      // A picture that cannot be read is left out; the next one comes all the same.
    }
    drawn(); // only then is the next one sent: none waits on the way
  }
  camera.busy = false;
}

function connect(pause) {
  const key = document.querySelector('meta[name="form-key"]').content;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/live?form_key=${encodeURIComponent(key)}`);
  socket.binaryType = "arraybuffer";
  let names = [];
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") {
      names = JSON.parse(data).cameras;
      return;
    }
    const head = new DataView(data);
    const place = head.getUint8(0);
    const camera = cameras.get(names[place]);
    if (!camera) return;
    camera.waiting = {
      released: Number(head.getBigInt64(1)),
      jpeg: new Uint8Array(data, 9),
      drawn: () => socket.readyState === WebSocket.OPEN && socket.send(new Uint8Array([place])),
    };
    if (!camera.busy) draw(camera);
    pause = 1000;
  };
  socket.onclose = ({ code }) => {
    if (code === 1008) return; // logged out, or no role any more: the next page says so
    setTimeout(() => connect(Math.min(2 * pause, 30000)), pause);
  };
}

setInterval(() => {
  for (const camera of cameras.values()) {
    if (performance.now() - camera.at > STALE) camera.figure.classList.remove("live");
  }
}, 500);

if (cameras.size) connect(1000);

// Who was seen last is asked for again, as long as somebody may look at it.
const recent = document.getElementById("recent");
const again = setInterval(async () => {
  if (document.hidden || !recent || recent.contains(document.activeElement)) return;
  try {
    const answer = await fetch("/recent", { redirect: "manual" });
    if (answer.type === "opaqueredirect") clearInterval(again); // logged out: the next page says so
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    recent.replaceChildren(...page.body.childNodes);
  } catch {
    // The console does not answer now: the next time.
  }
}, 5000);
