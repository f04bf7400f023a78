package dev.respite.verification;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The links and the headings of a Markdown file; text in a block of code or between backticks is neither.
 *
 * @param file where it is
 * @param links the links and images, each in order
 * @param headings the anchors of its headings, as GitHub makes them
 */
record Document(Path file, List<Link> links, Set<String> headings) {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern CODE = Pattern.compile("`[^`\\n]*`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern IMAGE = Pattern.compile("<(?:img|source)[^>]* (?:src|srcset)=\"([^\"#]*)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

    /**
     * A link.
     *
     * @param path what stands before the number sign; empty for a heading of the same document
     * @param heading what stands behind it
     */
    record Link(String path, Optional<String> heading) {

        boolean isExternal() {
            return path.matches("[a-z]+:.*");
        }
    }

    static Document of(Path file) {
        String text;
        try {
            text = BLOCK.matcher(Files.readString(file)).replaceAll("");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        String plain = CODE.matcher(text).replaceAll("code");
        List<Link> links = Stream.concat(
                        LINK.matcher(plain)
                                .results()
                                .map(link -> new Link(link.group(1), Optional.ofNullable(link.group(2)))),
                        IMAGE.matcher(plain).results().map(image -> new Link(image.group(1), Optional.empty())))
                .toList();
        return new Document(file, links, headings(text));
    }

    /** The second of two equal headings ends in {@code -1}. */
    private static Set<String> headings(String text) {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> times = new HashMap<>();
        HEADING.matcher(text).results().forEach(heading -> {
            String anchor = anchor(heading.group(1));
            int before = times.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        });
        return anchors;
    }

    private static String anchor(String heading) {
        return heading.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    Path resolve(Link link) {
        return link.path().isEmpty() ? file : file.resolveSibling(link.path()).normalize();
    }
}
