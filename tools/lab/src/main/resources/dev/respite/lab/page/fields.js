// Elements of the page, and the controls of a step.

import {about, PRESETS, presetOf} from "./presets.js";

export function element(name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}

/** Replaces what is in a box; details with the same name stay open or closed, and keep the focus. */
export function replaceDetails(box, content) {
  const name = details => `${details.closest("figure")?.querySelector("h3").textContent} ${details.firstChild.textContent}`;
  const before = new Map([...box.querySelectorAll("details")].map(details => [name(details), details]));
  const focused = document.activeElement;
  box.replaceChildren(...content);
  for (const details of box.querySelectorAll("details")) {
    const old = before.get(name(details));
    if (old) {
      details.open = old.open;
    }
    if (old?.contains(focused)) {
      (focused === old.firstChild ? details.firstChild : details.lastChild).focus();
    }
  }
}

/** The elements of a control. change(values, isRebuilt) is called with what it sets. */
export function fieldOf(control, values, scenarios, change) {
  const id = `control-${control.name}`;
  const value = values[control.name];
  const set = next => change({[control.name]: next});
  const label = element("label", {for: id}, control.label);
  switch (control.kind) {
    case "range": {
      const output = element("output", {for: id, class: "hint"});
      const input = element("input", {id, type: "range", min: control.min, max: control.max, step: control.step});
      input.value = value;
      const show = () => {
        output.textContent = `${input.value} ${control.unit}`.trim();
        input.setAttribute("aria-valuetext", output.textContent);
      };
      input.addEventListener("input", () => {
        show();
        set(Number(input.value));
      });
      show();
      label.append(" ", output);
      return [element("div", {class: "field"}, label, input)];
    }
    case "clients": {
      return [clientsOf(id, control.label, value, set)];
    }
    case "select": {
      const options = control.options.map(option => {
        const [key, text] = Array.isArray(option) ? option : [option, option];
        return element("option", key === value ? {value: key, selected: ""} : {value: key}, text);
      });
      const input = element("select", {id}, ...options);
      input.addEventListener("change", () => set(input.value));
      return [element("div", {class: "field"}, label, input)];
    }
    case "policy":
      return policy(control, id, label, value, set);
    case "text": {
      const input = text(id, value, set);
      return [element("div", {class: "field"}, label, input)];
    }
    case "button": {
      const button = element("button", {id, type: "button"}, control.label);
      button.addEventListener("click", () => change({[control.name]: control.change(values[control.name])}));
      return [button];
    }
    case "scenario": {
      const input = element("select", {id}, ...scenarios.map(({name}) =>
        element("option", name === value ? {value: name, selected: ""} : {value: name}, name)));
      input.addEventListener("change", () => change({scenario: input.value, settings: {}}, true));
      const {description} = scenarios.find(({name}) => name === value) ?? {description: ""};
      return [element("div", {class: "field"}, label, input, element("span", {class: "hint"}, description))];
    }
    case "settings": {
      const known = scenarios.find(({name}) => name === values.scenario)?.settings ?? {};
      const fields = Object.entries(known).map(([name, usual]) => {
        const own = `${id}-${name}`;
        const change = text => {
          const next = {...values.settings};
          if (text === usual || text.trim() === "") {
            delete next[name];
          } else {
            next[name] = text;
          }
          set(next);
        };
        if (name === "clients") {
          return clientsOf(own, "clients", Number(value[name] ?? usual), number => change(String(number)));
        }
        const input = element("input", {id: own, type: "text", size: "8", spellcheck: "false"});
        input.value = value[name] ?? usual;
        input.addEventListener("input", () => change(input.value));
        return element("div", {class: "field"}, element("label", {for: own}, name), input);
      });
      return [element("fieldset", {}, element("legend", {}, control.label), ...fields)];
    }
    default:
      throw new Error(`no control '${control.kind}'`);
  }
}

/** The numbers of clients that the slider offers. */
export const CLIENTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];

/** A slider for a number of clients, at about equal ratios. It begins at the offered number that is next to the value. */
function clientsOf(id, label, value, set) {
  const output = element("output", {for: id, class: "hint"});
  const input = element("input", {id, type: "range", min: 0, max: CLIENTS.length - 1, step: 1});
  const distance = number => Math.abs(Math.log(number / value));
  const show = number => {
    output.textContent = String(number);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.value = CLIENTS.reduce((best, number, i) => (distance(number) < distance(CLIENTS[best]) ? i : best), 0);
  input.addEventListener("input", () => {
    const number = CLIENTS[Number(input.value)];
    show(number);
    set(number);
  });
  show(value);
  return element("div", {class: "field"}, element("label", {for: id}, `${label} `, output), input);
}

function text(id, value, set) {
  const input = element("input", {id, type: "text", class: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off"});
  input.value = value;
  input.addEventListener("input", () => set(input.value));
  return input;
}

const SLIDERS = [
  {key: "max-attempts", label: "attempts", min: 1, max: 10, step: 1, usual: 3, read: Number, write: String},
  {key: "base-delay", label: "base delay", min: 0, max: 2000, step: 10, usual: 100, read: millis, write: number => `${number}ms`},
];

/** The text of a policy, which wraps, and sliders for keys of it: each moves the other. */
function policy(control, id, label, value, set) {
  const input = element("textarea", {id, class: "text", rows: "2", spellcheck: "false", autocomplete: "off", autocapitalize: "off"});
  input.value = value;
  const preset = presetsOf(`${id}-preset`, text => {
    input.value = text;
    show();
    set(text);
  });
  const inputs = SLIDERS.map(slider => sliderOf(slider, `${id}-${slider.key}`, next => {
    input.value = withValue(input.value, slider.key, next);
    preset.show(input.value);
    set(input.value);
  }));
  const show = () => {
    preset.show(input.value);
    inputs.forEach((each, i) => each.show(valueOf(input.value, SLIDERS[i].key)));
  };
  input.addEventListener("input", () => {
    show();
    set(input.value);
  });
  show();
  return [element("div", {class: "field wide"}, label, input), preset.field,
    element("fieldset", {}, element("legend", {}, `Sliders of ${control.label.replace(/ \(.*/, "")}`), ...inputs.map(({field}) => field))];
}

/** A menu of the presets, and a line about the one that is chosen: show(text) finds it. */
function presetsOf(id, choose) {
  const own = element("option", {value: ""}, "your own text");
  const input = element("select", {id, "aria-describedby": `${id}-about`}, own,
    ...PRESETS.map(({name, version}) => element("option", {value: name}, `${name}, ${version}`)));
  const line = element("span", {id: `${id}-about`, class: "hint"});
  input.addEventListener("change", () => input.value === "" || choose(PRESETS.find(({name}) => name === input.value).text));
  const show = text => {
    const preset = presetOf(text);
    input.value = preset?.name ?? "";
    line.textContent = preset ? about(preset) : "";
  };
  return {show, field: element("div", {class: "field wide"}, element("label", {for: id}, "Start from the defaults of"), input, line)};
}

/** A slider for a key of a policy text: show(value) moves it, without a value to what is usual. */
function sliderOf({label, min, max, step, usual, read, write}, id, set) {
  const output = element("output", {for: id, class: "hint"});
  const input = element("input", {id, type: "range", min, max, step});
  const show = value => {
    input.value = value === undefined ? usual : read(value);
    output.textContent = value ?? "default";
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => {
    const value = write(Number(input.value));
    show(value);
    set(value);
  });
  return {show, field: element("div", {class: "field"}, element("label", {for: id}, `${label} `, output), input)};
}

function millis(text) {
  const match = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text);
  return match ? Number(match[1]) * (match[2] === "s" ? 1000 : 1) : 100;
}

/** The value of a key in a policy text. */
export function valueOf(text, key) {
  return text.split(/\s+/).find(token => token.startsWith(`${key}=`))?.slice(key.length + 1);
}

/** A policy text with another value of a key. */
export function withValue(text, key, value) {
  const tokens = text.split(/\s+/).filter(token => token !== "");
  const index = tokens.findIndex(token => token.startsWith(`${key}=`));
  if (index < 0) {
    return [...tokens, `${key}=${value}`].join(" ");
  }
  tokens[index] = `${key}=${value}`;
  return tokens.join(" ");
}
