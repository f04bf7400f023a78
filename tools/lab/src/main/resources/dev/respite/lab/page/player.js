// The playhead: a slider of time with buttons. A picture is drawn as far as its time.

const FRAME_MS = 50;
const PLAY_SECONDS = 12;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
  #box;
  #button;
  #slider;
  #clock;
  #moved;
  #write;
  #playing;

  /** moved() is called when the time has changed; write(ms) makes the text of a time. */
  constructor(box, moved, write) {
    this.#box = box;
    const [play, back, forward, slider, clock] = box.children;
    this.#button = play;
    this.#slider = slider;
    this.#clock = clock;
    this.#moved = moved;
    this.#write = write;
    play.addEventListener("click", () => (this.#playing ? this.stop() : this.#play()));
    back.addEventListener("click", () => this.#move(-1));
    forward.addEventListener("click", () => this.#move(1));
    slider.addEventListener("input", () => {
      this.stop();
      moved();
    });
  }

  /** Shows or hides the player, which stands still. */
  show(isShown) {
    this.stop();
    this.#box.hidden = !isShown;
  }

  /** Sets the length of the run, and goes to its end if it does not play. */
  setLength(ms) {
    this.#slider.max = ms;
    if (!this.#playing) {
      this.#slider.value = ms;
    }
  }

  /** Returns the time to draw to, and shows it; there is no limit without a player. */
  until() {
    const until = this.#box.hidden ? Infinity : Number(this.#slider.value);
    this.#clock.textContent = this.#write(Math.min(until, Number(this.#slider.max)));
    this.#slider.setAttribute("aria-valuetext", this.#clock.textContent);
    return until;
  }

  stop() {
    clearInterval(this.#playing);
    this.#playing = undefined;
    this.#button.textContent = "Play";
    this.#button.setAttribute("aria-pressed", "false");
  }

  /** One fiftieth of the run, back or forth. */
  #move(by) {
    this.stop();
    const size = Number(this.#slider.max) / 50;
    this.#slider.value = Math.round(Number(this.#slider.value) / size + by) * size;
    this.#moved();
  }

  #play() {
    const slider = this.#slider;
    const length = Number(slider.max);
    if (Number(slider.value) >= length) {
      slider.value = 0;
    }
    this.#button.textContent = "Pause";
    this.#button.setAttribute("aria-pressed", "true");
    // Without motion: a jump of a tenth each second.
    const still = stillness.matches;
    const step = still ? length / 10 : length * FRAME_MS / 1000 / PLAY_SECONDS;
    this.#playing = setInterval(() => {
      slider.value = Math.min(length, Number(slider.value) + step);
      this.#moved();
      if (Number(slider.value) >= length) {
        this.stop();
      }
    }, still ? 1000 : FRAME_MS);
  }
}
