// The story of the first step, without a browser: node story.mjs SEED, beside the page's files. Prints requests that the engine must accept.

import assert from "node:assert/strict";
import {add, BREAKS, faultsOf, hint, isBroken, lengthOf, opening, POLICIES, policyAt, read, recovery, requestOf, scenarioOf, sentence, share, STORY, toldFrom, write}
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
    assert.ok(change.policy ? policyAt(next, at).policy === change.policy : isBroken(next, kind, at) === change.isOn, write(next));
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
  "With three retries the service stays down: 40 s after the crash of 10 s, 0 % of calls succeed; without retries it is back within 1 s.");
assert.equal(told(replaced, saved),
  "With Respite from 35 s on, the service is back 8 s later, and was not restarted: 99 % of calls succeed since then.");
assert.equal(told(add(read(STORY), {at: 35_000, policy: "respite"}), none),
  "With Respite from 35 s on, 99 % of calls succeed: the service was up. Break it, and see what follows.");
assert.equal(told(read("0none.10000+down.20000-down"), none), "Without retries the service is back 1 s after the crash of 10 s, and 82.5 % of calls succeed in all.");
assert.equal(told(read("0respite.10000+down.20000-down"), none),
  "With Respite the service is back 1 s after the crash of 10 s, and 82.5 % of calls succeed in all; without retries 82.5 %.");
assert.equal(told(read("0three.30000+slow"), dead), "With three retries, 0 % of calls succeed since the slowness at 30 s, which is not repaired; without retries 99 %.");
assert.equal(told(read("0three"), none), "Without a fault 82.5 % of calls succeed; without retries 82.5 %.");
assert.match(hint(read(STORY), dead), /^Press Respite/);
assert.match(opening(values, read(STORY)), /^20 clients call a service that is used to 93\.3 % of its capacity\. Watch what follows the crash from 10 s to 20 s\.$/);
assert.equal(opening(values, replaced), "With Respite from 35 s on: watch what follows.");
assert.ok(toldFrom(replaced) > 35_000 && toldFrom(replaced) < lengthOf(replaced));
