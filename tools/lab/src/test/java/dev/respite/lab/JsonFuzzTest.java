package dev.respite.lab;

import dev.respite.testsupport.Fuzz;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JsonFuzzTest {

    private static final List<String> TEXTS = List.of(
            "{\"op\": \"explain\", \"policy\": \"max-attempts=3 on.503.max-attempts=5\"}",
            "{\"op\": \"print\", \"builtIn\": \"metastable\", \"settings\": {\"load\": \"280\"}}",
            "{\"op\": \"print\", \"scenario\": \"{\\\"services\\\": {\\\"a\\\": {}}, \\\"load\\\": {\\\"to\\\": \\\"a\\\"}}\"}",
            "[1, -2.5e3, true, null, [], {\"a\": [\"\\u00e9\"]}]");

    private static final List<String> TOKENS = List.of(
            "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u", "\\ud800", "0", "-", "1e999", "00", ".", "true", "nul",
            "op", "\n", " ", "\u0000", "\ud800", "é", "/*", "NaN");

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void read_spoiltTexts_areJsonOrRejected() {
        Fuzz.run(Fuzz.inputs(5_000), TEXTS, TOKENS, text -> {
            Json unused = JsonReader.read(text);
            Request unusedRequest = Request.parse(text);
        });
    }
}
