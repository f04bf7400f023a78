// The first step: a service at 93 % of its capacity meets an outage, drawn with its requests.

export class Scene {
  #section;

  constructor(section) {
    this.#section = section;
  }

  enter() {
    this.#section.replaceChildren();
  }

  leave() {}
}
