package dev.respite.verification;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A fenced block of a document, and the block of output that follows it, if one does. A page shows the imports and the
 * members that its Java blocks share in a block of its own, with the fence {@code java setup}.
 *
 * @param file the document
 * @param line where its fence stands, from 1
 * @param language the language after the opening fence
 * @param text the text between the fences
 * @param output the {@code text} block right below, with no text between them
 * @param setup the imports and members that the page shows above it for all its blocks; empty if it shows none
 */
record Snippet(Path file, int line, String language, String text, Optional<String> output, String setup) {

    private static final String FENCE = "```";
    private static final String SETUP = "java setup";

    /** The pages whose blocks need dependencies that these tests lack, with the test that runs them. */
    static final Map<String, String> TESTED_ELSEWHERE = Map.of(
            "kafka.md",
            "checks/stacks/kafka/src/test/java/dev/respite/stacks/kafka/KafkaPageTest.java",
            "spring-boot.md",
            "spring/boot/src/test/java/dev/respite/spring/boot/SpringBootPageTest.java",
            "spring-boot-durable.md",
            "checks/stacks/durable-spring-boot/src/test/java/dev/respite/stacks/durable/GuideTest.java",
            "spring-boot-idempotency.md",
            "checks/stacks/idempotency-spring-boot/src/test/java/dev/respite/stacks/idempotency/boot/GuideTest.java");

    /** The root of the source tree: tests run in the folder of their module. */
    static final Path ROOT = SourceTree.ROOT;

    static Stream<Snippet> all() throws IOException {
        List<Path> documents = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .forEach(documents::add);
        }
        List<Snippet> snippets = new ArrayList<>();
        for (Path document : documents) {
            boolean here = !TESTED_ELSEWHERE.containsKey(document.getFileName().toString());
            in(document).stream()
                    .filter(snippet -> here || snippet.language().equals("xml"))
                    .forEach(snippets::add);
        }
        return snippets.stream();
    }

    static List<Snippet> in(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Snippet> found = new ArrayList<>();
        String setup = "";
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(FENCE)) {
                continue;
            }
            int end = end(lines, i);
            String language = lines.get(i).substring(FENCE.length()).trim();
            String text = String.join("\n", lines.subList(i + 1, end));
            boolean isOutput = language.equals("text") && !found.isEmpty() && follows(lines, found, i);
            if (language.equals(SETUP)) {
                setup = text;
            } else if (isOutput) {
                Snippet above = found.remove(found.size() - 1);
                found.add(new Snippet(
                        file, above.line(), above.language(), above.text(), Optional.of(text), above.setup()));
            } else {
                found.add(new Snippet(file, i + 1, language, text, Optional.empty(), setup));
            }
            i = end;
        }
        return found;
    }

    private static int end(List<String> lines, int start) {
        int end = start + 1;
        while (!lines.get(end).startsWith(FENCE)) {
            end++;
        }
        return end;
    }

    /** Whether nothing but white space stands between the last snippet and this line. */
    private static boolean follows(List<String> lines, List<Snippet> found, int at) {
        Snippet above = found.get(found.size() - 1);
        int aboveEnd = above.line() + (int) above.text().lines().count() + 1;
        return lines.subList(Math.min(aboveEnd, at), at).stream().allMatch(String::isBlank);
    }

    /** Returns this block with another text. */
    Snippet withText(String other) {
        return new Snippet(file, line, language, other, output, setup);
    }

    String name() {
        return ROOT.relativize(file) + ":" + line + " (" + language + ")";
    }
}
