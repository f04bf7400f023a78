package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comments and documents are in plain technical English: the glossary names the words that are not used. */
class LanguageTest {

    private static final Path ROOT = Path.of("..");

    private static final Pattern MARKER = Pattern.compile(
            "\\b(told|tells?|telling|whoever|somebody|nobody|asks?|asked|asking|hears?|heard|in earnest|as ever|minds"
                    + "|astray|honest|honestly|for good|what came of it|goes about|has it that)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final int MAX_MARKERS_PER_10_000 = 2;
    private static final int MAX_WORDS = 40;

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("[A-Za-z][\\w'’-]*");

    /** A comment or a paragraph, and where it is. */
    private record Passage(Path file, String text) {

        long words() {
            return WORD.matcher(text).results().count();
        }
    }

    @Test
    void comments_andDocuments_haveNoWordsOfAPrivateDialect() throws IOException {
        List<Passage> passages = passages();
        long words = passages.stream().mapToLong(Passage::words).sum();
        List<String> found = passages.stream()
                .flatMap(passage -> MARKER.matcher(passage.text())
                        .results()
                        .map(MatchResult::group)
                        .map(word -> ROOT.relativize(passage.file()) + ": " + word))
                .toList();
        assertThat(words).isGreaterThan(100_000);
        assertThat(found).as("of %d words", words).hasSizeLessThanOrEqualTo((int)
                (words * MAX_MARKERS_PER_10_000 / 10_000));
    }

    @Test
    void sentences_haveAtMost40Words() throws IOException {
        assertThat(passages().stream().flatMap(LanguageTest::longSentences)).isEmpty();
    }

    private static Stream<String> longSentences(Passage passage) {
        return Arrays.stream(passage.text().replaceAll("\\s+", " ").split("(?<=[.!?:;])\\s+", -1))
                .filter(sentence -> new Passage(passage.file(), sentence).words() > MAX_WORDS)
                .map(sentence -> ROOT.relativize(passage.file()) + ": " + sentence);
    }

    private static List<Passage> passages() throws IOException {
        List<Passage> passages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file : files.filter(LanguageTest::isOurs).toList()) {
                String text = Files.readString(file);
                if (file.toString().endsWith(".java")) {
                    COMMENT.matcher(text)
                            .results()
                            .forEach(match -> passages.add(new Passage(file, plain(match.group()))));
                } else {
                    Stream.of(withoutCode(text).split("\\n\\s*\\n|\\n(?=[-*#] |\\d+\\. )", -1))
                            .forEach(paragraph -> passages.add(new Passage(file, paragraph)));
                }
            }
        }
        return passages;
    }

    private static boolean isOurs(Path file) {
        String path = ROOT.relativize(file).toString();
        boolean text = path.endsWith(".java") || path.endsWith(".md");
        return text && !path.contains("target/") && !path.startsWith(".") && !path.endsWith("docs/glossary.md");
    }

    /** The sentences of a comment: a tag, a list or a table begins a new one. */
    private static String plain(String comment) {
        return comment.replaceAll("(?m)^\\s*/?\\*+/?", " ")
                .replaceAll("(?s)<pre>.*?</pre>", ". ")
                .replaceAll("\\{@\\w+\\s+([^}]*)}", "$1")
                .replaceAll("</?(p|ul|ol|li|h\\d|td|th|tr|table|tbody|caption)[^>]*>", ". ")
                .replaceAll("<[^>]+>", " ")
                .replaceAll("@(param|return|throws|see)\\b", ". ");
    }

    private static String withoutCode(String page) {
        return page.replaceAll("(?s)```.*?```", "\n\n").replaceAll("(?m)^\\|.*$", "\n\n");
    }
}
