package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the commands of documents. In a {@code console} block, {@code $ } precedes each command, and its output follows. Commands
 * with {@code ./respite} are run here. {@link SafePostTest} runs commands with {@code curl}, since it has a server. An {@code sh}
 * block has commands only, and their programs must exist.
 */
final class ConsoleSnippet {

    private static final String PROMPT = "$ ";

    private ConsoleSnippet() {}

    static List<String> commands(Snippet snippet) {
        return snippet.text()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    static void run(Snippet snippet) throws IOException, InterruptedException {
        List<String> lines = snippet.text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(PROMPT)) {
                continue;
            }
            int end = i + 1;
            while (end < lines.size() && !lines.get(end).startsWith(PROMPT)) {
                end++;
            }
            String command = lines.get(i).substring(PROMPT.length());
            if (command.startsWith(Curl.PROGRAM)) {
                continue;
            }
            assertExists(command);
            if (end > i + 1) {
                SnippetRunner.assertMatches(print(command), String.join("\n", lines.subList(i + 1, end)));
            }
        }
    }

    /** The program of a command is a file of this project. */
    static void assertExists(String command) {
        String program = List.of(command.split(" ")).stream()
                .filter(argument -> !argument.contains("="))
                .findFirst()
                .orElseThrow();
        if (program.startsWith("./") || program.startsWith("bin/")) {
            assertThat(Snippet.ROOT.resolve(program)).isExecutable();
        }
    }

    /** Runs {@code ./respite …} on the classes under test, in the root of the source tree. */
    static String print(String command) throws IOException, InterruptedException {
        List<String> arguments = arguments(command);
        assertThat(arguments.get(0)).as("only ./respite is run here").isEqualTo("./respite");
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.respite.demo.Main"));
        line.addAll(arguments.subList(1, arguments.size()));
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(Snippet.ROOT.toFile()).redirectErrorStream(true);
        builder.environment().putAll(Map.of("NO_COLOR", "1"));
        Path output = Files.createTempFile("console", ".txt");
        Process process = builder.redirectOutput(output.toFile()).start();
        process.waitFor();
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** Splits at spaces outside of single or double quotes. */
    static List<String> arguments(String command) {
        List<String> arguments = new ArrayList<>();
        StringBuilder argument = new StringBuilder();
        char quote = 0;
        for (char c : (command + " ").toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    argument.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == ' ') {
                if (!argument.isEmpty()) {
                    arguments.add(argument.toString());
                    argument.setLength(0);
                }
            } else {
                argument.append(c);
            }
        }
        return arguments;
    }
}
