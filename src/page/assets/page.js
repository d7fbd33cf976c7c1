// Makes the pages live. They work without this: it only saves reloads, and every change on the screen is what the server
// has drawn.

const board = document.querySelector("[data-live]");
const cards = document.getElementById("leads");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

// --- Time: the server's, and not this device's ---

// The server's clock minus performance.now(), in milliseconds.
let clockOffset = 0;

// The last so many seconds of an offer are urgent.
const URGENT = 300;

function setClock(root, receivedAt) {
  const now = root.querySelector("[data-now]")?.dataset.now;
  if (now) clockOffset = Number(now) - receivedAt;
}

function countDown() {
  const now = clockOffset + performance.now();
  for (const element of document.querySelectorAll("[data-deadline]")) {
    const left = Math.max(0, Math.ceil((Number(element.dataset.deadline) - now) / 1000));
    element.toggleAttribute("data-urgent", left <= URGENT);
    const text = left === 0 ? "Time is up" : `${left <= URGENT ? "Only " : ""}${clockText(left)} left`;
    if (element.textContent !== text) element.textContent = text;
  }
}

function clockText(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":");
}

// --- Talking to the server and to the user ---

// Fetches a page. One that is not what was asked for, such as the one to sign in, takes this one's place.
async function fetchPage(address, options) {
  const response = await fetch(address, { ...options, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  setClock(page, performance.now());
  if (response.status >= 500) throw new Error(`status ${response.status}`);
  if (page.querySelector("[data-now]")) return page;
  location.reload();
  return new Promise(() => {});
}

function toast(text) {
  const element = document.createElement("div");
  element.className = "toast";
  const dismiss = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  dismiss.setAttribute("aria-label", "Dismiss");
  dismiss.addEventListener("click", () => takeAway(element));
  element.append(Object.assign(document.createElement("span"), { textContent: text }), dismiss);
  // Above the others, so that none of them moves while it is read.
  document.getElementById("toasts").prepend(element);
  // Nobody loses what is still being read.
  const leave = () => (element.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : takeAway(element));
  setTimeout(leave, 10000);
}

// Its place stays until those above have left theirs, so that none of them moves either.
function takeAway(toast) {
  toast.classList.add("gone");
  for (const upper of [...toast.parentElement.children]) {
    if (!upper.matches(".gone")) return;
    upper.remove();
  }
}

// --- Cards ---

// What the server drew, to see whether it draws something else now.
const drawn = new WeakMap();

function remember(root) {
  for (const card of root.querySelectorAll("article[data-lead]")) drawn.set(card, textOf(card));
}

// A lead looks the same before and after it was viewed: its card stays, or a press that has begun would be lost.
function textOf(card) {
  const copy = card.cloneNode(true);
  copy.removeAttribute("data-is-new");
  return copy.outerHTML;
}

function cardOf(leadId) {
  return document.getElementById(`lead-${leadId}`);
}

function titleOf(card) {
  return card.querySelector("h2").textContent.trim();
}

// Changes the list so that what is on the screen glides to its new place instead of jumping.
function rearrange(change) {
  const visible = [...cards.children].filter((item) => item.getBoundingClientRect().top < innerHeight);
  const before = new Map(visible.map((item) => [item, item.getBoundingClientRect().top]));
  change();
  if (reducedMotion.matches) return;
  for (const [item, top] of before) {
    const delta = item.isConnected ? top - item.getBoundingClientRect().top : 0;
    if (delta !== 0) item.animate({ transform: [`translateY(${delta}px)`, "none"] }, { duration: 250, easing: "ease-out" });
  }
}

function replaceCard(card, fresh) {
  if (drawn.get(card) === textOf(fresh)) return;
  drawn.set(fresh, textOf(fresh));
  const hadFocus = card.contains(document.activeElement);
  fresh.querySelector("details").open = card.querySelector("details").open;
  rearrange(() => {
    card.replaceWith(fresh);
    countDown();
  });
  if (hadFocus) fresh.querySelector("h2 a").focus({ preventScroll: true });
}

// New cards that wait because somebody is reading further down.
let waiting = [];

// When the page was last pressed: whoever presses again must not find another lead under the finger.
let pressedAt = -Infinity;
document.addEventListener("pointerdown", () => (pressedAt = performance.now()));

function arrive(items) {
  waiting = [...items, ...waiting];
  if (items.length === 0) return;
  const isPressing = performance.now() - pressedAt < 3000;
  const isReading = scrollY > 80 || document.querySelector("dialog[open]") || cards.contains(document.activeElement);
  if (!isPressing && !isReading && !reducedMotion.matches) return showArrivals();
  const button = document.getElementById("arrivals");
  button.textContent = waiting.length === 1 ? `New: ${titleOf(waiting[0])}` : `${waiting.length} new leads`;
  button.hidden = false;
}

function showArrivals() {
  document.getElementById("arrivals").hidden = true;
  const items = waiting;
  waiting = [];
  rearrange(() => {
    document.getElementById("empty")?.remove();
    for (const item of items) {
      const older = [...cards.children].find((other) => notifiedAt(other) < notifiedAt(item));
      cards.insertBefore(item, older ?? null);
    }
  });
  countDown();
  for (const item of items) {
    item.firstElementChild.classList.add("fresh");
    setTimeout(() => item.firstElementChild?.classList.remove("fresh"), 4000);
    seen?.observe(item.firstElementChild);
  }
}

// Draws the first page anew, and the cards that have changed elsewhere.
async function refresh(leadIds = []) {
  const page = await fetchPage(location.href);
  document.getElementById("statuses").replaceWith(page.getElementById("statuses"));
  const arrivals = [];
  for (const item of [...page.querySelectorAll("#leads > li")]) {
    const fresh = item.firstElementChild;
    const card = cardOf(fresh.dataset.lead) ?? waiting.map((li) => li.firstElementChild).find((c) => c.id === fresh.id);
    if (card) {
      replaceCard(card, fresh);
    } else if (!new URLSearchParams(location.search).has("cursor")) {
      drawn.set(fresh, textOf(fresh));
      arrivals.push(item);
    }
  }
  arrive(arrivals);
  const elsewhere = leadIds.filter((id) => cardOf(id) && !page.getElementById(`lead-${id}`));
  await Promise.all(elsewhere.map(refreshCard));
}

// The list is in this order, the latest first.
function notifiedAt(item) {
  return item.querySelector(".standing span time").dateTime;
}

async function refreshCard(leadId) {
  const page = await fetchPage(`/freelancer/leads/${leadId}${zoneQuery()}`);
  const [card, fresh] = [cardOf(leadId), page.getElementById(`lead-${leadId}`)];
  if (card && fresh) replaceCard(card, fresh);
}

function zoneQuery() {
  const zone = new URLSearchParams(location.search).get("tz");
  return zone ? `?${new URLSearchParams({ tz: zone })}` : "";
}

// --- Actions ---

const busy = { accept: "Accepting…", ignored: "Putting aside…", missed: "Noting…" };

// Sends a form, and shows what came of it: on the card, and in words.
async function act(form, card) {
  const body = new URLSearchParams(new FormData(form));
  const release = occupy(card, busy[form.dataset.action]);
  try {
    const page = await fetchPage(form.action, { method: "POST", body });
    // Something live may have taken the card's place meanwhile.
    const [current, fresh] = [document, page].map((root) => root.getElementById(card.id));
    if (fresh) replaceCard(current, fresh);
    toast(page.getElementById("notice")?.textContent ?? page.querySelector("main").textContent.trim());
    refresh().catch(() => {});
  } catch {
    // It may have arrived all the same; to try again does no harm.
    toast("HireLocal cannot be reached. Please try again.");
  }
  release();
}

// Shows that something is under way, until the function is called that this returns.
function occupy(card, text) {
  const standing = card.querySelector(".standing strong");
  const { textContent, dataset: { deadline } } = standing;
  const buttons = card.querySelectorAll("button, .actions a");
  card.setAttribute("aria-busy", "true");
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  delete standing.dataset.deadline;
  standing.textContent = text;
  return () => {
    card.removeAttribute("aria-busy");
    for (const button of buttons) button.removeAttribute("aria-disabled");
    standing.textContent = textContent;
    if (deadline) standing.dataset.deadline = deadline;
    countDown();
  };
}

function openDialog(link) {
  const dialog = document.getElementById("why");
  const form = dialog.querySelector("form");
  form.reset();
  form.action = link.href;
  dialog.querySelector("h2").textContent = titleOf(link.closest("article"));
  dialog.dataset.lead = link.closest("article").dataset.lead;
  dialog.querySelector("[data-close]").hidden = false;
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[aria-disabled='true']")) event.preventDefault();
  const link = event.target.closest("a[data-action='missed']");
  if (link && board && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openDialog(link);
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.closest("[aria-busy='true']")) event.preventDefault();
  const dialog = form.closest("dialog");
  const card = dialog ? cardOf(dialog.dataset.lead) : form.closest("article[data-lead]");
  if (!board || !form.dataset.action || !card || event.defaultPrevented) return;
  event.preventDefault();
  dialog?.close();
  act(form, card);
});

document.addEventListener("change", (event) => event.target.closest("form[data-submits-itself]")?.requestSubmit());

// --- More, on demand ---

async function showHistory(details) {
  const place = details.querySelector("div");
  place.textContent = "Loading…";
  try {
    const page = await fetchPage(details.dataset.src);
    place.replaceChildren(page.querySelector(".timeline"));
  } catch {
    place.textContent = "HireLocal cannot be reached. Close and open this to try again.";
  }
}

async function showMore(link) {
  link.setAttribute("aria-disabled", "true");
  link.textContent = "Loading…";
  try {
    const page = await fetchPage(link.href);
    const items = [...page.querySelectorAll("#leads > li")].filter((li) => !cardOf(li.firstElementChild.dataset.lead));
    for (const item of items) remember(item);
    const next = page.getElementById("more");
    cards.append(...items);
    for (const item of items) seen?.observe(item.firstElementChild);
    countDown();
    if (next) link.replaceWith(next);
    else link.remove();
    if (next) nearEnd.observe(next);
  } catch {
    link.removeAttribute("aria-disabled");
    link.textContent = "HireLocal cannot be reached. Try again";
  }
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches("details[data-src][open]")) showHistory(event.target);
}, { capture: true });

const nearEnd = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((entry) => entry.isIntersecting)) {
    nearEnd.unobserve(entry.target);
    showMore(entry.target);
  }
}, { rootMargin: "400px" });

// A lead counts as viewed once its card has been on the screen for a second.
const seen = board && new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    clearTimeout(target.seenTimer);
    if (!isIntersecting || !target.matches("[data-is-new]")) continue;
    target.seenTimer = setTimeout(() => {
      seen.unobserve(target);
      if (target.isConnected && target.ariaBusy !== "true") {
        fetch(`/freelancer/leads/${target.dataset.lead}/viewed`, { method: "POST" }).catch(() => {});
      }
    }, 1000);
  }
}, { threshold: 0.6 });

// --- Live ---

let source;
let position = board?.dataset.position;
let retryIn = 1000;
let changed = new Map();
let flushing;

function connection(state, text) {
  const element = document.getElementById("connection");
  element.dataset.state = state;
  if (element.textContent !== text) element.textContent = text;
}

function listen() {
  source = new EventSource(`${board.dataset.live}?${new URLSearchParams({ lastEventId: position })}`);
  source.addEventListener("open", () => {
    retryIn = 1000;
    connection("live", "Live");
  });
  source.addEventListener("lead", (event) => {
    position = event.lastEventId;
    const change = JSON.parse(event.data);
    changed.set(change.leadId, change);
    clearTimeout(flushing);
    flushing = setTimeout(flush, 100);
  });
  source.addEventListener("plan", () => location.reload());
  source.addEventListener("error", () => {
    connection("lost", "Reconnecting…");
    // A browser comes back by itself after an interruption, and gives up after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(comeBack, retryIn);
  });
}

async function comeBack() {
  retryIn = Math.min(retryIn * 2, 30000);
  try {
    await refresh();
    listen();
  } catch {
    setTimeout(comeBack, retryIn);
  }
}

async function flush() {
  const changes = changed;
  changed = new Map();
  const missed = [...changes.values()].filter(({ status }) => status === "missed");
  const open = missed.filter(({ leadId }) => cardOf(leadId)?.matches("[data-status='pending']:not([aria-busy])"));
  try {
    await refresh([...changes.keys()]);
  } catch {
    changed = new Map([...changes, ...changed]);
    flushing = setTimeout(flush, 2000);
    return;
  }
  for (const { leadId } of open) {
    const card = cardOf(leadId);
    if (card?.dataset.status === "missed") {
      toast(`Missed: ${titleOf(card)}. ${card.querySelector(".standing strong").textContent}.`);
    }
  }
}

// --- The time zone: that of the browser ---

function useOwnZone() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const address = new URL(location.href);
  if (!own || address.searchParams.has("tz") || sameClocks(own, board.dataset.zone)) return;
  address.searchParams.set("tz", own);
  location.replace(address);
}

// One zone may have several names.
function sameClocks(one, other) {
  const year = new Date().getFullYear();
  const clock = (timeZone, month) =>
    new Date(Date.UTC(year, month, 15)).toLocaleString("en", { timeZone, dateStyle: "short", timeStyle: "short" });
  return [0, 3, 6, 9].every((month) => clock(one, month) === clock(other, month));
}

// --- Beginning ---

// As they were drawn, before the countdown writes into them.
remember(document);
setClock(document, performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now());
countDown();
setInterval(countDown, 500);

if (board) {
  useOwnZone();
  connection("connecting", "Connecting…");
  listen();
  document.getElementById("arrivals").addEventListener("click", () => {
    scrollTo({ top: 0 });
    showArrivals();
  });
  const more = document.getElementById("more");
  if (more) nearEnd.observe(more);
  for (const card of cards.querySelectorAll("[data-is-new]")) seen.observe(card);
  // A device that slept has missed things, and its clock may have stood still.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") refresh().catch(() => {});
  });
}

// --- The administrator's pages ---

const overview = document.getElementById("overview");

// Draws the figures anew, but none that somebody has a hand on.
async function renew() {
  const page = await fetchPage(location.href);
  for (const part of overview.querySelectorAll(":scope > section")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || part.contains(document.activeElement)) continue;
    for (const details of part.querySelectorAll("details[open]")) {
      const same = fresh.querySelector(`#${details.closest("[id]").id} details`);
      if (same) same.open = true;
    }
    part.replaceWith(fresh);
  }
}

async function keepRenewing() {
  if (document.visibilityState === "visible") {
    await renew().then(() => connection("live", ""), () => connection("lost", "Reconnecting…"));
  }
  setTimeout(keepRenewing, 15000);
}

// What takes its time says so, and is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.busy || event.defaultPrevented) return;
  form.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-disabled", "true");
  toast(form.dataset.busy);
});

// Who comes back to a page that the browser has kept may send its forms again.
addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-busy][aria-busy]")) {
    form.removeAttribute("aria-busy");
    form.querySelector("button").removeAttribute("aria-disabled");
  }
});

if (overview) setTimeout(keepRenewing, 15000);
