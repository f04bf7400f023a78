package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comments, documents and identifiers are in plain technical English. The limits only go down. */
class LanguageTest {

    private static final int MAX_SENTENCE_WORDS = 30;
    private static final int MAX_LONG_SENTENCES = 150;
    private static final int MAX_MARKERS_PER_10_000 = 1;
    private static final int MAX_PATTERNS_PER_10_000 = 9;

    /** The words of a private dialect, which the glossary replaces. */
    private static final Pattern MARKER = Pattern.compile(
            "\\b(told|tells?|telling|whoever|somebody|nobody|asks?|asked|asking|hears?|heard|in earnest|as ever|minds"
                    + "|astray|honest|honestly|for good|what came of it|goes about|has it that)\\b",
            Pattern.CASE_INSENSITIVE);

    /** The grammar of that dialect: a clause in place of a noun, and a thing that speaks. */
    private static final Pattern PATTERN = Pattern.compile(
            "\\bwhat (is|has|it|was)\\b|\\b(says|said)\\b|\\b(that|those) of\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern QUESTION = Pattern.compile("/\\*\\*[\\s*]*(What|How|Which|Whether|When)\\b");

    /** Names that are no terms of the field, as whole names or as segments of constants. */
    private static final Pattern UNCLEAR_NAME = Pattern.compile(
            "\\b(ear|answer|word|part|\\w+AsEver|\\w+ForGood|(?:[A-Z0-9]+_)*(?:EAR|ANSWER|WORD|PART)(?:_[A-Z0-9]+)*"
                    + "|(?:[A-Z0-9]+_)*(?:LONGEST|MOST)(?:_[A-Z0-9]+)*)\\b");

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
    private static final Pattern TEXT = Pattern.compile(
            "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'|`(?:\\\\.|[^`\\\\])*`",
            Pattern.DOTALL);
    private static final Pattern TERM = Pattern.compile("[A-Za-z][\\w'’-]*");

    /**
     * A comment or a paragraph.
     *
     * @param file the file that contains it
     * @param text its words, without marks
     */
    private record Passage(Path file, String text) {

        long words() {
            return TERM.matcher(text).results().count();
        }

        Stream<String> sentences() {
            return Arrays.stream(text.replaceAll("\\s+", " ").split("(?<=[.!?])\\s+", -1));
        }

        Stream<String> matches(Pattern pattern) {
            return pattern.matcher(text).results().map(match -> name(file) + ": " + match.group());
        }
    }

    @Test
    void comments_andDocuments_haveNoWordsOfAPrivateDialect() throws IOException {
        List<Passage> passages = passages();
        assertThat(words(passages)).isGreaterThan(100_000);
        assertThat(passages.stream().flatMap(passage -> passage.matches(MARKER)))
                .hasSizeLessThanOrEqualTo((int) (words(passages) * MAX_MARKERS_PER_10_000 / 10_000));
    }

    @Test
    void comments_haveSubjectVerbAndObject() throws IOException {
        List<Passage> comments =
                codeFiles().stream().flatMap(LanguageTest::comments).toList();
        assertThat(comments.stream().flatMap(passage -> passage.matches(PATTERN)))
                .hasSizeLessThanOrEqualTo((int) (words(comments) * MAX_PATTERNS_PER_10_000 / 10_000));
    }

    @Test
    void firstSentences_areNoQuestions() throws IOException {
        assertThat(codeFiles().stream()
                        .filter(file -> name(file).contains("src/main/"))
                        .flatMap(file -> found(file, QUESTION, text -> text)))
                .isEmpty();
    }

    @Test
    void sentences_haveAtMost30Words() throws IOException {
        assertThat(passages().stream()
                        .flatMap(passage -> passage.sentences()
                                .filter(sentence ->
                                        TERM.matcher(sentence).results().count() > MAX_SENTENCE_WORDS)
                                .map(sentence -> name(passage.file()) + ": " + sentence)))
                .hasSizeLessThanOrEqualTo(MAX_LONG_SENTENCES);
    }

    /** A part of a multipart body is a term of the field. */
    @Test
    void identifiers_areTermsOfTheField() throws IOException {
        assertThat(codeFiles().stream()
                        .filter(file -> !read(file).matches("(?s).*(ultipart|servlet\\.http\\.Part;).*"))
                        .flatMap(file -> found(file, UNCLEAR_NAME, LanguageTest::code)))
                .isEmpty();
    }

    private static Stream<String> found(Path file, Pattern pattern, Function<String, String> view) {
        return pattern.matcher(view.apply(read(file)))
                .results()
                .map(MatchResult::group)
                .map(found -> name(file) + ": " + found);
    }

    private static long words(List<Passage> passages) {
        return passages.stream().mapToLong(Passage::words).sum();
    }

    private static List<Passage> passages() throws IOException {
        return Stream.concat(
                        codeFiles().stream().flatMap(LanguageTest::comments),
                        files(".md").stream().flatMap(LanguageTest::paragraphs))
                .toList();
    }

    private static Stream<Passage> comments(Path file) {
        return COMMENT.matcher(read(file)).results().map(match -> new Passage(file, plain(match.group())));
    }

    private static Stream<Passage> paragraphs(Path file) {
        return Stream.of(withoutCode(read(file)).split("\\n\\s*\\n|\\n(?=[-*#] |\\d+\\. )", -1))
                .map(paragraph -> new Passage(file, paragraph));
    }

    private static List<Path> codeFiles() throws IOException {
        return files(".java", ".kt", ".js", ".mjs");
    }

    private static List<Path> files(String... endings) throws IOException {
        try (Stream<Path> files = Files.walk(SourceTree.ROOT)) {
            return files.filter(file -> Arrays.stream(endings).anyMatch(file.toString()::endsWith))
                    .filter(LanguageTest::isOurs)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isOurs(Path file) {
        String path = name(file);
        return !path.contains("target/")
                && !path.contains("node_modules/")
                && !path.startsWith(".")
                && !path.endsWith("docs/glossary.md");
    }

    private static String name(Path file) {
        return SourceTree.ROOT.relativize(file).toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns the code without comments and texts. */
    private static String code(String source) {
        return COMMENT.matcher(TEXT.matcher(source).replaceAll("\"\"")).replaceAll(" ");
    }

    /** Returns the sentences of a comment: a tag, a list or a table begins a new one, and the tag of a result is one. */
    private static String plain(String comment) {
        return comment.replaceAll("(?m)^\\s*/?\\*+/?", " ")
                .replaceAll("(?s)<pre>.*?</pre>", ". ")
                .replaceAll("\\{@(?!return\\b)\\w+\\s+([^}]*)}", "$1")
                .replaceAll("\\{@return\\s+([^}]*)}", "Returns $1. ")
                .replaceAll("</?(p|ul|ol|li|h\\d|td|th|tr|table|tbody|caption)[^>]*>", ". ")
                .replaceAll("<[^>]+>", " ")
                .replaceAll("@(param|return|throws|see)\\b", ". ");
    }

    private static String withoutCode(String page) {
        return page.replaceAll("(?s)```.*?```", "\n\n").replaceAll("(?m)^\\|.*$", "\n\n");
    }
}
