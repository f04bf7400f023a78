// The run without retries of the story with which the page opens, from the folder of the page.

import {prepare} from "./stage.js";

/** Returns {of, record}: the request, and the run that the engine recorded when the page was made. Empty without the file: the page's engine records the run. */
export async function recorded() {
  try {
    const {request, response} = await (await fetch(new URL("first-run.json", import.meta.url))).json();
    return {of: JSON.stringify(request), record: prepare(response)};
  } catch {
    return {};
  }
}
