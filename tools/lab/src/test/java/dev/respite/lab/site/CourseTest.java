package dev.respite.lab.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.lab.Json;
import dev.respite.lab.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The links of docs/course.md lead to the items of course.js. That the page can show those is tested by StateTest. */
class CourseTest {

    private static final Path PAGE = Path.of("..", "..", "docs", "course.md");
    private static final String MARK = "- Lab: ";
    private static final Pattern HEADING = Pattern.compile("(#{2,3}) (.+)");

    /** The item that names other libraries: nothing of it happens in a simulation. */
    private static final Set<Integer> NOT_IN_THE_LAB = Set.of(14);

    private static final int ITEMS = 15;

    private record Item(String id, String heading, String title, String question, String address) {

        static Item of(Json.Members entry) {
            String id = text(entry, "id");
            String compact = "[\"" + text(entry, "step") + "\"," + json((Json.Members) value(entry, "values")) + ",\""
                    + id + "\"]";
            String state =
                    Base64.getUrlEncoder().withoutPadding().encodeToString(compact.getBytes(StandardCharsets.UTF_8));
            return new Item(
                    id,
                    text(entry, "heading"),
                    text(entry, "title"),
                    text(entry, "question"),
                    "http://127.0.0.1:" + Lab.DEFAULT_PORT + "/#s=1." + state);
        }

        int number() {
            return Integer.parseInt(id.replaceAll("\\D", ""));
        }

        String line() {
            return MARK + "[" + title + "](" + address + ")";
        }
    }

    @Test
    void items_areInTheOrderOfTheCourse() throws IOException {
        List<Item> items = items();
        assertThat(items.stream().map(Item::number)).isSorted();
        assertThat(items.stream().map(Item::id)).doesNotHaveDuplicates();
    }

    @Test
    void items_areAllThatCanBeSeen() throws IOException {
        List<Integer> expected = IntStream.rangeClosed(1, ITEMS)
                .filter(number -> !NOT_IN_THE_LAB.contains(number))
                .boxed()
                .toList();
        assertThat(items().stream().map(Item::number).distinct().toList()).isEqualTo(expected);
    }

    @Test
    void links_ofThePage_leadToTheItemsOfTheirHeading() throws IOException {
        Map<String, List<String>> expected = new LinkedHashMap<>();
        for (Item item : items()) {
            expected.computeIfAbsent(item.heading(), any -> new ArrayList<>()).add(item.line());
        }

        Map<String, List<String>> found = new LinkedHashMap<>();
        headings().forEach((heading, lines) -> {
            List<String> links =
                    lines.stream().filter(line -> line.startsWith(MARK)).toList();
            if (!links.isEmpty()) {
                found.put(heading, links);
            }
        });
        expected.forEach((heading, lines) -> assertThat(found.getOrDefault(heading, List.of()))
                .as("docs/course.md, '%s'; the lines of course.js:%n%s%n", heading, String.join("\n", lines))
                .isEqualTo(lines));
        assertThat(found.keySet()).isEqualTo(expected.keySet());
    }

    /** An item of the course is a second-level heading, and its parts are below. */
    @Test
    void headings_ofTheSecondLevel_areTheItemsOfTheCourse() throws IOException {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        String section = "";
        for (String line : page()) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches() && heading.group(1).length() == 2) {
                section = heading.group(2);
                numbers.put(section, numbers.size() + 1);
            } else if (line.startsWith(MARK)) {
                assertThat(items().stream()
                                .filter(item -> item.line().equals(line))
                                .map(Item::number))
                        .as("the items of course.js below '%s' with the line %s", section, line)
                        .containsExactly(numbers.getOrDefault(section, 0));
            }
        }
        assertThat(numbers).hasSize(ITEMS);
    }

    /** The lines below each heading; a block of code has none. */
    private static Map<String, List<String>> headings() throws IOException {
        Map<String, List<String>> headings = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        for (String line : page()) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                lines = new ArrayList<>();
                headings.put(heading.group(2), lines);
            }
            lines.add(line);
        }
        return headings;
    }

    private static List<String> page() throws IOException {
        return Files.readString(PAGE)
                .replaceAll("(?ms)^```.*?^```$", "")
                .lines()
                .toList();
    }

    /** The entries of course.js: what stands between its first line with a bracket and its last. */
    private static List<Item> items() throws IOException {
        try (InputStream content = CourseTest.class.getResourceAsStream("/dev/respite/lab/page/course.js")) {
            String script = new String(Objects.requireNonNull(content).readAllBytes(), StandardCharsets.UTF_8);
            String array =
                    script.substring(script.indexOf("COURSE = [") + "COURSE = ".length(), script.lastIndexOf(';'));
            return ((Json.Elements) JsonReader.read(array))
                    .elements().stream()
                            .map(entry -> Item.of((Json.Members) entry))
                            .toList();
        }
    }

    private static Json value(Json.Members entry, String name) {
        return entry.get(name).orElseThrow(() -> new AssertionError(name + " is missing: " + entry));
    }

    private static String text(Json.Members entry, String name) {
        return ((Json.Scalar) value(entry, name)).text();
    }

    /** As the page writes it: without spaces. The values of a step are texts, numbers and objects of texts. */
    private static String json(Json.Members values) {
        return values.members().stream()
                .map(member -> "\"" + member.name() + "\":" + value(member.value()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String value(Json value) {
        if (value instanceof Json.Members members) {
            return texts(members);
        }
        String text = ((Json.Scalar) value).text();
        return text.matches("-?\\d+") ? text : quoted(value);
    }

    private static String texts(Json.Members members) {
        return members.members().stream()
                .map(member -> "\"" + member.name() + "\":" + quoted(member.value()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(Json text) {
        return "\"" + ((Json.Scalar) text).text() + "\"";
    }
}
