// The course as a path: the list of its items below the steps, and in a step that was entered by one of them its question, with links to
// the items before and after it. Links are addresses, so that the browser's history has them.

import {COURSE} from "./course.js";
import {element} from "./fields.js";
import {encode, lesson} from "./state.js";

const address = item => encode(lesson(item));
const heading = ({id}) => `The course, item ${id.replace(/\D/, "")}`;

/** Fills the list of items. An item that is chosen closes it, and onChosen moves the focus to what it shows. */
export function listCourse(details, onChosen) {
  const list = element("ol", {});
  for (const item of COURSE) {
    list.append(element("li", {}, element("span", {class: "soft"}, item.id), " ", element("a", {href: address(item)}, item.title)));
  }
  list.addEventListener("click", event => {
    if (event.target.closest("a")) {
      details.open = false;
      onChosen();
    }
  });
  details.replaceChildren(element("summary", {}, "The course as a path"),
    element("p", {class: "soft"}, `${COURSE.length} things to see. Each shows a step with other values, and has a question that the picture answers. docs/course.md has the`
      + " same items, with code."), list);
}

/** Shows the question of an item, or nothing without one. The links stay the same elements, so that they keep the focus. */
export function showLesson(section, id) {
  const index = COURSE.findIndex(item => item.id === id);
  section.hidden = index < 0;
  if (index < 0) {
    return;
  }
  const item = COURSE[index];
  const [title, question, links] = section.children;
  title.textContent = `${heading(item)}: ${item.title}`;
  question.textContent = item.question;
  const [before, after, place] = links.children;
  // Where there is no other item, the link leads to this one.
  before.href = address(COURSE[index - 1] ?? item);
  before.setAttribute("aria-disabled", index === 0);
  after.href = address(COURSE[index + 1] ?? item);
  after.setAttribute("aria-disabled", index === COURSE.length - 1);
  place.textContent = `${index + 1} of ${COURSE.length}`;
}
