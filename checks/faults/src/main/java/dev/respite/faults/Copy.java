package dev.respite.faults;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A copy of the checkout and its classes, where faults are planted one at a time. Used by one thread. */
final class Copy implements AutoCloseable {

    private static final Set<String> NOT_COPIED = Set.of(".git", "target", "node_modules");

    private final Path original;
    private final Path root;
    private final Map<String, Module> modules;

    private Copy(Path original, Path root, Map<String, Module> modules) {
        this.original = original;
        this.root = root;
        this.modules = modules;
    }

    /** Copies the checkout, whose root is {@code original}, and its compiled classes. */
    static Copy of(Path original, Map<String, Module> modules) throws IOException {
        Copy copy = new Copy(original, Files.createTempDirectory("respite-faults"), modules);
        try {
            copy.copyTree(original, NOT_COPIED);
            // The class paths name every folder of classes, also of modules without tests.
            Set<Path> classes = modules.values().stream()
                    .flatMap(module -> module.classPath().stream())
                    .filter(path -> path.startsWith(original))
                    .collect(Collectors.toSet());
            for (Path folder : classes) {
                copy.copyTree(folder, Set.of());
            }
            return copy;
        } catch (IOException | RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    /** Returns the place of a file or folder of the checkout in the copy, and any other path unchanged. */
    Path copied(Path path) {
        return path.startsWith(original) ? root.resolve(original.relativize(path)) : path;
    }

    Module module(String path) {
        Module module = modules.get(path);
        if (module == null) {
            throw new IllegalArgumentException("'" + path + "' is no module with tests; they are " + modules.keySet());
        }
        return module;
    }

    Path folder(Module module) {
        return root.resolve(module.path());
    }

    /** Plants a fault for the time of an action, compiled if it is code. */
    <T> T with(Fault fault, Action<T> action) throws IOException, InterruptedException {
        String planted = fault.plantedIn(original);
        List<Path> changed = new ArrayList<>();
        try {
            change(root.resolve(fault.path()), planted, changed);
            Module module = owner(fault.path());
            if (module != null) {
                compile(fault.path(), module, changed);
            }
            return action.run();
        } finally {
            for (Path file : changed) {
                restore(file);
            }
        }
    }

    /** Runs while a fault is planted. */
    interface Action<T> {
        T run() throws IOException, InterruptedException;
    }

    private @Nullable Module owner(Path file) {
        return modules.values().stream()
                .filter(module -> file.startsWith(Path.of(module.path(), "src", "main")))
                .findFirst()
                .orElse(null);
    }

    private void compile(Path file, Module module, List<Path> changed) throws IOException {
        Path classes = copied(module.classes());
        Path main = Path.of(module.path(), "src", "main");
        Path kind = main.relativize(file);
        if (kind.startsWith("resources")) {
            change(
                    classes.resolve(Path.of("resources").relativize(kind)),
                    Files.readString(root.resolve(file)),
                    changed);
            return;
        }
        Path output = Files.createTempDirectory(root, "compiled");
        Compiler.compile(
                root.resolve(file),
                root.resolve(main).resolve(kind.getName(0)),
                classes,
                module.classPath().stream().map(this::copied).toList(),
                module.artifact(),
                output);
        try (Stream<Path> files = Files.walk(output)) {
            for (Path compiled : files.filter(Files::isRegularFile).toList()) {
                Path place = classes.resolve(output.relativize(compiled));
                changed.add(place);
                Files.move(compiled, place, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            delete(output);
        }
    }

    private static void change(Path file, String text, List<Path> changed) throws IOException {
        changed.add(file);
        Files.writeString(file, text);
    }

    private void restore(Path file) throws IOException {
        Path source = original.resolve(root.relativize(file));
        if (Files.exists(source)) {
            Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.deleteIfExists(file);
        }
    }

    private void copyTree(Path from, Set<String> left) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (!folder.equals(from) && left.contains(folder.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(copied(folder));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, copied(file), StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void close() throws IOException {
        delete(root);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
