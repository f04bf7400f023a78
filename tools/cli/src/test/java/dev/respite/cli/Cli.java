package dev.respite.cli;

import dev.respite.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the program in this JVM and captures its output. */
public final class Cli {

    private static final JsonMapper MAPPER = new JsonMapper();

    private Cli() {}

    public record Run(int code, ByteArrayOutputStream captured, String stderr) {
        public byte[] stdout() {
            return captured.toByteArray();
        }

        public String out() {
            return captured.toString(StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            return Cli.json(stdout());
        }
    }

    public static Run run(String... args) {
        return runWith(new byte[0], args);
    }

    public static Run runWith(byte[] stdin, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(stdin),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int code = Main.run(console, args);
        return new Run(code, out, err.toString(StandardCharsets.UTF_8));
    }

    /** Parses one JSON object; any further text is an error. */
    public static JsonNode json(byte[] bytes) {
        return MAPPER.rebuild()
                .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .readTree(bytes);
    }
}
