package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every relative link of a document leads to a file or a heading, and every page is reachable from the index. */
class LinksTest {

    private static final Path INDEX = Snippet.ROOT.resolve("docs/README.md");
    private static final int MAX_README_BYTES = 8_000;

    private final List<Document> documents = documents();

    @Test
    void links_ofEveryDocument_leadToAFileOrAHeading() {
        assertThat(documents).hasSizeGreaterThan(30);
        assertThat(documents.stream().flatMap(document -> document.links().stream()))
                .hasSizeGreaterThan(100);
        assertThat(documents.stream().flatMap(LinksTest::broken)).isEmpty();
    }

    @Test
    void pages_ofDocs_areLinkedByTheIndexItself() {
        Set<Path> linked = targets(Document.of(INDEX)).collect(Collectors.toSet());
        assertThat(documents.stream()
                        .map(Document::file)
                        .filter(file -> file.getParent().equals(INDEX.getParent()) && !file.equals(INDEX)))
                .isNotEmpty()
                .allSatisfy(page -> assertThat(linked).contains(page));
    }

    @Test
    void files_ofDocs_areReachableFromTheIndex() throws IOException {
        Set<Path> reachable = reachable(INDEX);
        try (Stream<Path> files = Files.walk(INDEX.getParent())) {
            assertThat(files.filter(Files::isRegularFile))
                    .allSatisfy(file -> assertThat(reachable).contains(file));
        }
    }

    @Test
    void readme_always_isShort() throws IOException {
        assertThat(Files.size(Snippet.ROOT.resolve("README.md"))).isLessThan(MAX_README_BYTES);
    }

    private static Stream<String> broken(Document document) {
        return document.links().stream()
                .filter(link -> !link.isExternal() && !leadsSomewhere(document, link))
                .map(link -> Snippet.ROOT.relativize(document.file()) + ": " + link);
    }

    private static boolean leadsSomewhere(Document document, Document.Link link) {
        Path target = document.resolve(link);
        if (!Files.exists(target)) {
            return false;
        }
        return link.heading().isEmpty()
                || Document.of(target).headings().contains(link.heading().get());
    }

    /** The files that a document links to. */
    private static Stream<Path> targets(Document document) {
        return document.links().stream().filter(link -> !link.isExternal()).map(document::resolve);
    }

    /** A folder that is linked makes all its files reachable. */
    private static Set<Path> reachable(Path from) throws IOException {
        Set<Path> seen = new HashSet<>();
        Deque<Path> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            Path file = open.pop();
            if (Files.isDirectory(file)) {
                try (Stream<Path> children = Files.list(file)) {
                    children.filter(Files::isRegularFile).forEach(open::push);
                }
            } else if (seen.add(file) && file.toString().endsWith(".md")) {
                targets(Document.of(file)).filter(Files::exists).forEach(open::push);
            }
        }
        return seen;
    }

    /** All documents of the source tree, without those of tools and of builds. */
    private static List<Document> documents() {
        List<Document> found = new ArrayList<>();
        try {
            Files.walkFileTree(Snippet.ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    String name = folder.getFileName().toString();
                    boolean source = folder.equals(Snippet.ROOT) || !(name.startsWith(".") || name.equals("target"));
                    return source ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".md")) {
                        found.add(Document.of(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new AssertionError("the documents cannot be listed", failed);
        }
        return found;
    }
}
