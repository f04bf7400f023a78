// The verdict below the first step: the engine compares the policies of the buttons over several seeds, in the outage alone.

import {Replaced} from "./engine-client.js";
import {element, replaceDetails} from "./fields.js";
import {POLICIES, read, requestOf, scenarioOf, STORY} from "./story.js";

const SEEDS = 3;

const $ = id => document.getElementById(id);

export class Verdict {
  #engine;
  /** The request whose verdict is shown. */
  #shown;
  /** The request that is being answered. */
  #asked;

  constructor(engine) {
    this.#engine = engine;
  }

  /** Ends a comparison that goes on. */
  cancel() {
    this.#asked = undefined;
    this.#engine.cancel();
  }

  clear() {
    this.cancel();
    this.#shown = undefined;
    $("scene-verdict").textContent = "";
    $("scene-conclusions").replaceChildren();
  }

  /** Shows the verdict on the reader's numbers, unless it is there. */
  async show(values) {
    const key = JSON.stringify(requestOf(values, read(STORY)));
    if (this.#shown === key) {
      return;
    }
    this.#asked = key;
    const beginning = `The crash of 10 s is being compared over ${SEEDS} seeds`;
    $("scene-verdict").textContent = `${beginning}.`;
    const policies = Object.fromEntries(Object.values(POLICIES).map(({name, text}) => [name, text]));
    try {
      const {conclusions} = await this.#engine.ask({op: "run", scenario: scenarioOf(values, read(STORY)), policies, firstSeed: 1, seeds: SEEDS},
        (done, total) => {
          $("scene-verdict").textContent = `${beginning}: ${Math.round(100 * done / total)} %.`;
        });
      if (this.#asked === key) {
        this.#shown = key;
        $("scene-verdict").textContent = `Over ${SEEDS} seeds, in a crash of 10 s, and in a calm service with 5 and 20 % random failures: ${conclusions.slice(1)
          .map(({policy, text}) => `${policy}: ${text.split(/ ?[(:]/)[0].toLowerCase()}`).join("; ")}.`;
        replaceDetails($("scene-conclusions"), [element("details", {}, element("summary", {}, "The conclusions"),
          ...conclusions.map(({policy, text}) => element("p", {}, element("b", {}, policy), `: ${text}`)))]);
      }
    } catch (failure) {
      if (!(failure instanceof Replaced)) {
        $("scene-verdict").textContent = `The comparison has failed: ${failure.message}`;
      }
    }
  }
}
