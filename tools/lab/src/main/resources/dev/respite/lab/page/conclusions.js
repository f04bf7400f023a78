// What a step shows, in one or two sentences for each policy. Those of comparisons are the engine's own; the steps that compare
// nothing have theirs from the figures here.

import {time} from "./charts.js";

const number = new Intl.NumberFormat("en", {maximumFractionDigits: 1});

/** Returns pairs of a policy, or nothing, and a text. */
export function conclusions(step, {run, transfer}, context) {
  if (step.conclude === "delays") {
    return [["", delays(context.observations[0].calls)]];
  }
  if (step.conclude === "transfer") {
    return [["", ofTransfer(transfer)]];
  }
  if (step.conclude === "layers") {
    return context.observations.filter(each => each.policy !== "none").map(each => [each.policy, layers(each, context.observations[0])]);
  }
  if (step.conclude === "herd") {
    return [["", herd(run, context)]];
  }
  return run.conclusions.map(({policy, text}) => [policy, text]);
}

function delays(calls) {
  const sums = calls.map(call => call.delays.reduce((sum, {delayMs}) => sum + delayMs, 0));
  const least = Math.min(...sums);
  const most = Math.max(...sums);
  const attempts = Math.max(...calls.map(call => call.attempts.length));
  return most - least < 1
    ? `All ${calls.length} calls wait the same ${time(most)} in all, over ${attempts} attempts: clients that fail together come back together.`
    : `The ${calls.length} calls wait between ${time(least)} and ${time(most)} in all, over ${attempts} attempts: clients that fail together`
      + " come back apart.";
}

/** Compares the calls that begin and end during the fault with those without retries. */
function layers({policy, fault}, none) {
  if (!fault.calls || !none.fault.calls) {
    return "No call begins and ends during the fault.";
  }
  const perCall = ({calls, layers}) => layers.at(-1).attempts / calls;
  const factors = fault.layers.map(({calls, attempts}) => number.format(attempts / calls)).join(" × ");
  const succeeded = ({calls, succeeded}) => `${(100 * succeeded / calls).toFixed(1)} %`;
  return `During the fault one call becomes ${factors} = ${number.format(perCall(fault))} requests at the last service,`
    + ` ${number.format(perCall(none.fault))} without retries. ${succeeded(fault)} of these calls succeed, ${succeeded(none.fault)} without retries.`;
}

function herd(run, {observations, capacity, faults}) {
  const {bins, binMs} = observations[0];
  const peak = Math.max(0, ...bins.retries);
  const end = Math.max(0, ...faults.map(fault => fault.atMs + fault.durationMs));
  const later = Math.max(0, ...bins.retries.slice(Math.ceil(end / binMs)));
  const perBin = capacity * binMs / 1000;
  const result = run.runs[0].results[0];
  const factor = peak / perBin;
  const load = factor > 1.5 ? `${number.format(factor)} times what the server can take in that time`
    : "about what the server can take in that time, or less";
  return `The most retries within ${binMs} ms are ${number.format(peak)}: ${load}. After the outage they are ${number.format(later)} at most.`
    + ` ${number.format(result.succeeded)} of ${number.format(result.calls)} calls succeed, with`
    + ` ${result.amplification.toFixed(2)} attempts for each call.`;
}

function ofTransfer({ledger, startBalance, balance, amount, succeeded, attempts, reason}) {
  const times = ledger.filter(entry => entry.amount !== 0).length;
  const paid = startBalance - balance;
  const told = succeeded ? "the client has its response" : `the client has a failure (${reason.toLowerCase().replaceAll("_", " ")})`;
  const first = `After ${attempts.length === 1 ? "one attempt" : `${attempts.length} attempts`} ${told}, and ${paid} has been transferred.`;
  if (times > 1) {
    return `Harm: the transfer of ${amount} was executed ${times} times. ${first}`;
  }
  return succeeded ? `Safe: the transfer was executed once. ${first}`
    : `Unknown: the transfer was executed once, but the client was not told. ${first} It must ask the bank before it tries again.`;
}
