// The story of the first step, without a browser: node story.mjs SEED, beside the page's files. Prints requests that the engine must accept.

import assert from "node:assert/strict";
import {add, BREAKS, faultsOf, hint, isBroken, lengthOf, noteOn, opening, percent, POLICIES, policyAt, read, recovery, requestOf, scenarioOf, sentence, share, STORY, toldFrom, write}
  from "./story.js";
import {initial} from "./state.js";

const {values} = initial("outage");
let seed = Number(process.argv[2]);

/** A whole number below a bound (mulberry32). */
function below(bound) {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * bound);
}

// Whatever a reader does, in whatever order: what was before stays, the address has it all, and the engine can run it.
const kinds = Object.keys(BREAKS);
for (let i = 0; i < 500; i++) {
  let changes = read(STORY);
  for (let steps = below(8); steps > 0; steps--) {
    const at = below(lengthOf(changes));
    const kind = kinds[below(kinds.length)];
    const change = below(2) ? {at, policy: Object.keys(POLICIES)[below(3)]} : {at, kind, isOn: !isBroken(changes, kind, at)};
    const next = add(changes, change);
    for (const known of kinds) {
      assert.equal(isBroken(next, known, at - 1), isBroken(changes, known, at - 1));
    }
    assert.equal(policyAt(next, at - 1)?.policy, policyAt(changes, at - 1)?.policy);
    assert.ok(change.policy ? policyAt(next, at).policy === change.policy : isBroken(next, kind, at) === change.isOn, `${write(changes)}: ${write([change])}`);
    assert.ok(lengthOf(next) >= Math.min(240_000, at + 40_000));
    changes = next;
  }
  assert.deepEqual(read(write(changes)), changes);
  for (const fault of faultsOf(changes)) {
    assert.ok(0 <= fault.at && fault.at < fault.end && fault.end <= lengthOf(changes), write(changes));
  }
  console.log(JSON.stringify({op: "print", scenario: scenarioOf(values, changes)}));
}
console.log(JSON.stringify({op: "print", scenario: scenarioOf({load: 0.1, capacity: 5000, timeout: 50, clients: 1, errors: 50, queue: 10}, read(STORY))}));
// The request of the first run, which is recorded when the page is made.
console.log(JSON.stringify(requestOf(values, read(STORY), "none")));
for (const broken of ["", "three", "0three.", "5three", "0three.9+up", "0three.20000-down.10000+down", "0three.9999999+down", "0+down", "x".repeat(9999)]) {
  assert.equal(read(broken), undefined, broken);
}

// The policy is replaced at its time only, and the run beside it has no retries in the same faults.
const replaced = add(read(STORY), {at: 35_000, policy: "respite"});
assert.deepEqual(Object.keys(requestOf(values, replaced).policies), ["0", "35000"]);
assert.deepEqual(requestOf(values, replaced, "none").policies, {0: "max-attempts=1"});
assert.equal(requestOf(values, replaced).scenario, requestOf(values, replaced, "none").scenario);
assert.equal(requestOf(values, replaced).every, 10);

// Sentences, from records of which each second has 100 calls, and those that succeed.
const record = succeeded => ({binMs: 1000, begun: Array(120).fill(100), succeeded: Array.from({length: 120}, (_, second) => succeeded(second))});
const none = record(second => (second >= 10 && second < 20 ? 0 : 99));
const dead = record(second => (second >= 10 ? 0 : 99));
const saved = record(second => (second >= 10 && second < 43 ? 0 : 99));
const told = (changes, run) => sentence(values, changes, run, none);
assert.equal(share(none, 0, 20_000), 0.495);
assert.equal(recovery(none, 20_000, 60_000), 20_000);
assert.equal(recovery(dead, 20_000, 60_000), undefined);
assert.equal(told(read(STORY), dead),
  "With three retries the service stays down: 40 s after a crash of 10 s, 0 % of calls succeed; without retries it is back within 1 s.");
assert.equal(sentence(values, read(STORY), dead, none, 32_000),
  "With three retries the service is still down: 12 s after a crash of 10 s, 0 % of calls succeed; without retries it is back within 1 s.");
assert.equal(told(replaced, saved), "With Respite from 35 s on, the service is back 8 s later, and was not restarted: 99 % of calls succeed from then on.");
assert.equal(told(replaced, none), "With Respite from 35 s on, 99 % of calls succeed: the service was up. Break it, and see what follows.");
assert.equal(told(read("0none.10000+down.20000-down"), none), "Without retries the service is back 1 s after a crash of 10 s, and 82.5 % of calls succeed in all.");
assert.equal(told(read("0respite.10000+down.20000-down"), none),
  "With Respite the service is back 1 s after a crash of 10 s, and 82.5 % of calls succeed in all; without retries 82.5 %.");
assert.equal(told(read("0three.10000+down.15000respite.20000-down"), none),
  "With Respite from 15 s on, the service is back 1 s after a crash of 10 s, and 88 % of calls succeed since then; without retries 88 %.");
assert.equal(told(read("0three.30000+slow"), dead), "With three retries, 0 % of calls succeed while there is the slowness; without retries 99 %.");
assert.equal(told(read("0three.30000+slow.31000+down.40000respite"), dead),
  "With Respite from 40 s on, 0 % of calls succeed while there are the slowness and the crash; without retries 99 %.");
assert.equal(told(read("0three.10000+down.12000+slow.20000-down.22000-slow"), none),
  "With three retries the service is back 1 s after the last repair, and 83.8 % of calls succeed in all; without retries 83.8 %.");
assert.equal(told(read("0three"), none), "Nothing was broken: 82.5 % of calls succeed; without retries 82.5 %.");
// A service whose calls fail half of the time also when calm is back when they do no more than that.
const half = record(second => (second >= 10 && second < 20 ? 0 : 50));
assert.match(sentence(values, read(STORY), half, half), /^With three retries the service is back 1 s after/);
assert.match(hint(read(STORY), dead, none), /^Press Respite/);
assert.match(hint(replaced, none, none), /^Successes pay for retries/);
// A policy that was replaced before a fault is compared from that fault on, and harm is named.
const later = read("0three.30000respite.60000+capacity.70000-capacity");
const dipped = record(second => (second < 40 || (second >= 62 && second < 70) ? 0 : 99));
const steady = record(() => 99);
assert.equal(sentence(values, later, dipped, steady),
  "With Respite from 30 s on, the service is back 1 s after a loss of a replica of 10 s, and 83.2 % of calls succeed from 60 s on; without retries 99 %.");
assert.match(hint(later, dipped, steady), /^Here Respite does harm/);
assert.match(hint(later, steady, steady), /^Successes pay for retries/);
assert.equal(opening(values, read(STORY), 0), "20 clients call a service that uses 93.3 % of its capacity. Watch what follows the crash at 10 s.");
assert.equal(opening(values, replaced, 40_000), "With Respite from 35 s on: watch what follows.");
assert.equal(opening(values, replaced, 30_000), opening(values, read(STORY), 0));
assert.ok(toldFrom(replaced) > 35_000 && toldFrom(replaced) < lengthOf(replaced));
assert.deepEqual(add(add(read(STORY), {at: 40_000, kind: "slow", isOn: true}), {at: 40_000, kind: "slow", isOn: false}), read(STORY));
assert.deepEqual([1, 0.9999, 0.6667, 0, NaN].map(percent), ["100 %", "99.9 %", "66.7 %", "0 %", "–"]);
assert.deepEqual(noteOn({load: 10, capacity: 20, timeout: 1000}, values), {isRefused: false, text: ""});
assert.match(noteOn({load: 60, capacity: 60, timeout: 1000}, values).text, /^60 requests .* not less than the capacity of 60: .* still that of 280 and 300\.$/);
assert.match(noteOn({load: 1, capacity: 2, timeout: 1000}, values).text, /^One request takes 1500 ms, on average, and the timeout is 1000 ms/);
