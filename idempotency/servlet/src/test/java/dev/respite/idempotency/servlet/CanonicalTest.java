package dev.respite.idempotency.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Forms and uploads that differ are never compared as equal, however their texts are divided. */
class CanonicalTest {

    private static Map<String, String[]> form(String... pairs) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            all.merge(
                    pair.substring(0, equals),
                    List.of(pair.substring(equals + 1)),
                    (first, second) ->
                            Stream.concat(first.stream(), second.stream()).toList());
        }
        Map<String, String[]> form = new LinkedHashMap<>();
        all.forEach((name, values) -> form.put(name, values.toArray(String[]::new)));
        return form;
    }

    static Stream<Arguments> differentForms() {
        return Stream.of(
                Arguments.of(form("a=bc"), form("ab=c")),
                Arguments.of(form("a=1"), form("a=2")),
                Arguments.of(form("a=1"), form("b=1")),
                Arguments.of(form("a=b", "a=c"), form("a=bc")),
                Arguments.of(form("a=b", "a=c"), form("a=c", "a=b")),
                Arguments.of(form("a=b", "c=d"), form("a=b", "a=c", "a=d")),
                Arguments.of(form("a=b", "c=d"), form("a=bcd")),
                Arguments.of(form("a="), form()));
    }

    @ParameterizedTest
    @MethodSource("differentForms")
    void parameters_thatDiffer_haveDifferentForms(Map<String, String[]> one, Map<String, String[]> other) {
        assertThat(Canonical.parameters(one)).isNotEqualTo(Canonical.parameters(other));
    }

    @Test
    void parameters_inAnotherOrder_haveTheSameForm() {
        assertThat(Canonical.parameters(form("a=1", "b=2", "a=3")))
                .isEqualTo(Canonical.parameters(form("b=2", "a=1", "a=3")));
    }

    private static Part part(String name, @Nullable String file, @Nullable String type, String content) {
        return Delegation.proxy(Part.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getName" -> name;
            case "getSubmittedFileName" -> file;
            case "getContentType" -> type;
            case "getInputStream" -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
            default -> String.join("|", name, file, type, content);
        });
    }

    static Stream<Arguments> differentParts() {
        Part bill = part("bill", "a.txt", "text/plain", "tea");
        return Stream.of(
                Arguments.of(List.of(bill), List.of(part("bull", "a.txt", "text/plain", "tea"))),
                Arguments.of(List.of(bill), List.of(part("bill", "b.txt", "text/plain", "tea"))),
                Arguments.of(List.of(bill), List.of(part("bill", "a.txt", "text/html", "tea"))),
                Arguments.of(List.of(bill), List.of(part("bill", "a.txt", "text/plain", "tee"))),
                Arguments.of(List.of(bill), List.of(part("billa", ".txt", "text/plain", "tea"))),
                Arguments.of(List.of(bill), List.of(part("bill", "a.txttext", "/plain", "tea"))),
                Arguments.of(List.of(bill), List.of(part("bill", "a.txt", "text/plaint", "ea"))),
                Arguments.of(List.of(part("a", null, "b", "c")), List.of(part("a", "b", null, "c"))),
                Arguments.of(List.of(part("a", null, "b", "c")), List.of(part("a", "", "b", "c"))),
                Arguments.of(List.of(bill), List.of(bill, bill)),
                Arguments.of(List.of(bill, part("a", null, null, "1")), List.of(part("a", null, null, "1"), bill)));
    }

    @ParameterizedTest
    @MethodSource("differentParts")
    void parts_thatDiffer_haveDifferentForms(List<Part> one, List<Part> other) throws IOException {
        assertThat(Canonical.parts(one)).isNotEqualTo(Canonical.parts(other));
    }
}
