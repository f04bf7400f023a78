package dev.respite.lab.compiler;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.teavm.backend.javascript.JSModuleType;
import org.teavm.diagnostics.DefaultProblemTextConsumer;
import org.teavm.diagnostics.Problem;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;
import org.teavm.tooling.TeaVMToolException;
import org.teavm.vm.TeaVMOptimizationLevel;

/** Compiles the engine with TeaVM. */
public final class Compiler {

    /** The script that loads one of the forms. */
    public static final String WORKER = "worker.js";

    private Compiler() {}

    /** The forms of the program for browsers. */
    public enum Form {
        /** WebAssembly with garbage collection: {@code engine.wasm}. */
        WASM("engine.wasm", "dev.respite.lab.WasmEntry", TeaVMTargetType.WEBASSEMBLY_GC),
        /** A JavaScript module: {@code engine.js}. */
        JAVASCRIPT("engine.js", "dev.respite.lab.ScriptEntry", TeaVMTargetType.JAVASCRIPT);

        private final String file;
        private final String entry;
        private final TeaVMTargetType target;

        Form(String file, String entry, TeaVMTargetType target) {
            this.file = file;
            this.entry = entry;
            this.target = target;
        }

        /** {@return the name of the file} */
        public String file() {
            return file;
        }
    }

    /**
     * Compiles.
     *
     * @param form the kind of program
     * @param folder where it is put
     * @throws IOException if something cannot be compiled or written, with its name
     */
    public static void compile(Form form, Path folder) throws IOException {
        Files.createDirectories(folder);
        TeaVMTool tool = new TeaVMTool();
        tool.setTargetType(form.target);
        tool.setMainClass(form.entry);
        tool.setTargetDirectory(folder.toFile());
        tool.setTargetFileName(form.file);
        tool.setJsModuleType(JSModuleType.ES2015);
        tool.setObfuscated(true);
        tool.setOptimizationLevel(TeaVMOptimizationLevel.ADVANCED);
        tool.getTransformers().add(MissingMethods.class.getName());
        tool.setClassLoader(Compiler.class.getClassLoader());
        tool.setClassPath(classPath());
        try {
            tool.generate();
        } catch (TeaVMToolException failed) {
            throw new IOException("TeaVM cannot compile " + form.entry + ": " + failed.getMessage(), failed);
        }
        List<String> problems = new ArrayList<>();
        for (Problem problem : tool.getProblemProvider().getSevereProblems()) {
            DefaultProblemTextConsumer text = new DefaultProblemTextConsumer();
            problem.render(text);
            problems.add(text.getText() + " at " + problem.getLocation());
        }
        if (!problems.isEmpty()) {
            throw new IOException("TeaVM cannot compile " + form.entry + ":\n  " + String.join("\n  ", problems));
        }
    }

    private static List<File> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(File::new)
                .toList();
    }

    /**
     * Writes all that a page needs to run the engine: both forms, and the worker that loads one of them.
     *
     * @param folder where it is put
     * @param progress receives the name of each part before it is made
     * @throws IOException if something cannot be compiled or written
     */
    public static void writeEngine(Path folder, Consumer<String> progress) throws IOException {
        for (Form form : Form.values()) {
            progress.accept("compiling the engine: " + form.file());
            compile(form, folder);
        }
        try (InputStream worker = Compiler.class.getResourceAsStream("/dev/respite/lab/page/" + WORKER)) {
            Files.copy(
                    Objects.requireNonNull(worker, WORKER),
                    folder.resolve(WORKER),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
