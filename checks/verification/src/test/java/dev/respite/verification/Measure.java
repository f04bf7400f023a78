package dev.respite.verification;

import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/** A kind of text of which the tree should not have more than it needs. */
enum Measure {
    PUBLISHED("lines of published code") {
        @Override
        long of(String path, String text, Set<String> published) {
            return isMain(path) && isIn(path, published) ? text.lines().count() : 0;
        }
    },
    OTHER("lines of other main code") {
        @Override
        long of(String path, String text, Set<String> published) {
            return isMain(path) && !isIn(path, published) ? text.lines().count() : 0;
        }
    },
    TESTS("lines of tests") {
        @Override
        long of(String path, String text, Set<String> published) {
            return isCode(path) && path.contains("src/test/") ? text.lines().count() : 0;
        }
    },
    POMS("lines of POM files") {
        @Override
        long of(String path, String text, Set<String> published) {
            return path.endsWith("pom.xml") ? text.lines().count() : 0;
        }
    },
    PUBLIC_TYPES("public types of published code, not nested") {
        @Override
        long of(String path, String text, Set<String> published) {
            return isMain(path) && isIn(path, published) ? count(PUBLIC_TYPE, text) : 0;
        }
    },
    WORDS_FOR_USERS("words for users") {
        @Override
        long of(String path, String text, Set<String> published) {
            return path.matches("docs/[^/]+\\.md") ? count(WORD, text) : 0;
        }
    },
    OTHER_WORDS("words of evidence and decisions") {
        @Override
        long of(String path, String text, Set<String> published) {
            return path.matches("docs/.+/[^/]+\\.md") ? count(WORD, text) : 0;
        }
    },
    LONG_SENTENCES("sentences of more than 30 words") {
        @Override
        long of(String path, String text, Set<String> published) {
            return Arrays.stream(prose(path, text).replaceAll("\\s+", " ").split("(?<=[.!?])\\s+", -1))
                    .filter(sentence -> count(TERM, sentence) > 30)
                    .count();
        }
    },
    GENITIVES("chains of genitives, \"the N of the N\"") {
        @Override
        long of(String path, String text, Set<String> published) {
            return count(GENITIVE, prose(path, text));
        }
    },
    RELATIVE_CLAUSES("clauses with \", which\" and \", whose\"") {
        @Override
        long of(String path, String text, Set<String> published) {
            return count(RELATIVE_CLAUSE, prose(path, text));
        }
    },
    DIALECT("words that no glossary has, things that speak") {
        @Override
        long of(String path, String text, Set<String> published) {
            return path.endsWith("glossary.md") ? 0 : count(DIALECT_WORD, prose(path, text));
        }
    };

    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "(?m)^public (?:(?:final|sealed|non-sealed|abstract) )*(?:class|interface|record|enum|@interface) ");
    private static final Pattern WORD = Pattern.compile("\\S+");
    private static final Pattern TERM = Pattern.compile("[A-Za-z][\\w'’-]*");
    private static final Pattern GENITIVE =
            Pattern.compile("\\b[Tt]he \\w+ of (?:the|a|an|its|each|this)\\b(?! (?:same|first|last)\\b)");
    private static final Pattern RELATIVE_CLAUSE = Pattern.compile(", (?:which|whose)\\b");
    private static final Pattern DIALECT_WORD = Pattern.compile(
            "\\b(told|tells?|telling|whoever|somebody|nobody|asks?|asked|asking|hears?|heard|in earnest|as ever|minds"
                    + "|astray|honest|honestly|for good|what came of it|goes about|has it that|says|said"
                    + "|what (?:is|has|it|was)|(?:that|those) of)\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);

    private final String text;

    Measure(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /**
     * Returns how much of this kind a file has.
     *
     * @param path the file, from the root of the tree
     * @param published the folders of the published modules
     */
    abstract long of(String path, String text, Set<String> published);

    /** Returns whether a file is measured. */
    static boolean isText(String path) {
        return isCode(path) || path.endsWith(".md") || path.endsWith("pom.xml");
    }

    private static boolean isCode(String path) {
        return path.matches(".*\\.(java|kt|js|mjs)");
    }

    private static boolean isMain(String path) {
        return isCode(path) && path.contains("src/main/");
    }

    private static boolean isIn(String path, Set<String> folders) {
        return folders.stream().anyMatch(folder -> path.startsWith(folder + "/"));
    }

    private static long count(Pattern pattern, String text) {
        return pattern.matcher(text).results().count();
    }

    /** Returns the sentences of comments or of a document: a tag, a list or a table begins a new one. */
    private static String prose(String path, String text) {
        if (path.endsWith(".md")) {
            return text.replaceAll("(?s)```.*?```", ". ")
                    .replaceAll("(?m)^\\|.*$", ". ")
                    .replaceAll("\\n\\s*\\n|\\n(?=[-*#] |\\d+\\. )", ". \n");
        }
        StringBuilder comments = new StringBuilder();
        if (isCode(path)) {
            COMMENT.matcher(text)
                    .results()
                    .forEach(comment -> comments.append(comment.group()).append(". "));
        }
        return comments.toString()
                .replaceAll("(?m)^\\s*/?\\*+/?", " ")
                .replaceAll("(?s)<pre>.*?</pre>", ". ")
                .replaceAll("\\{@(?!return\\b)\\w+\\s+([^}]*)}", "$1")
                .replaceAll("\\{@return\\s+([^}]*)}", "Returns $1. ")
                .replaceAll("</?(p|ul|ol|li|h\\d|td|th|tr|table|tbody|caption)[^>]*>", ". ")
                .replaceAll("<[^>]+>", " ")
                .replaceAll("@(param|return|throws|see)\\b", ". ");
    }
}
