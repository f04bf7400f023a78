package dev.respite.lab.site;

import dev.respite.lab.compiler.Compiler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The files of the page, those that are compiled included. A folder of them works on any static host. */
final class SiteFolder {

    private static final String PAGE = "/dev/respite/lab/page/";
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    /** The files that are written by hand. */
    private static final List<String> WRITTEN = List.of(
            "chart-calls.js",
            "chart-kit.js",
            "chart-lines.js",
            "chart-services.js",
            "charts.js",
            "conclusions.js",
            "course.js",
            "engine-client.js",
            "experiment.js",
            "exports.js",
            "fields.js",
            "figures.js",
            "first-run.js",
            "icon.svg",
            "index.html",
            "lab.css",
            "lab.js",
            "observer.js",
            "og.png",
            "path.js",
            "pens.js",
            "player.js",
            "presets.js",
            "questions.js",
            "scene.js",
            "scorecard.js",
            "stage.js",
            "state.js",
            "steps.js",
            "story.js",
            "verdict.js");

    private static final String LIBRARY = "uPlot.min.js";
    private static final String LIBRARY_STYLE = "uPlot.min.css";

    private SiteFolder() {}

    /** Returns the names of all files. */
    static List<String> names() {
        return Stream.of(
                        WRITTEN.stream(),
                        Stream.of(LIBRARY, LIBRARY_STYLE, Compiler.WORKER, FirstRun.FILE),
                        Stream.of(Compiler.Form.values()).map(Compiler.Form::file))
                .flatMap(files -> files)
                .sorted()
                .toList();
    }

    /** Returns whether a folder has all files: then it is one of ours, or one that may be served as such. */
    static boolean isComplete(Path folder) {
        return names().stream().allMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /**
     * Writes all files.
     *
     * @param folder where
     * @param progress receives the name of each part before it is made
     * @throws IOException if a file cannot be compiled or written
     */
    static void write(Path folder, Consumer<String> progress) throws IOException {
        Files.createDirectories(folder);
        Compiler.writeEngine(folder, progress);
        FirstRun.write(folder);
        for (String name : WRITTEN) {
            copy(PAGE + name, folder.resolve(name));
        }
        copy(UPLOT + LIBRARY_STYLE, folder.resolve(LIBRARY_STYLE));
        // Only the script of the library is minified: it has half the size of its module.
        copy(UPLOT + "uPlot.iife.min.js", folder.resolve(LIBRARY));
        Files.writeString(folder.resolve(LIBRARY), "\nexport default uPlot;\n", StandardOpenOption.APPEND);
    }

    /**
     * Copies all files.
     *
     * @param from a complete folder
     * @param to another folder
     * @throws IOException if a file cannot be read or written
     */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (String name : names()) {
            Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void copy(String resource, Path file) throws IOException {
        try (InputStream content = SiteFolder.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(content, resource), file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
