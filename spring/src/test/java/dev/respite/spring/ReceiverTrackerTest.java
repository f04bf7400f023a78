package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/** The depth of the stack is right for all that a compiler makes: the JDK's own classes have every instruction. */
class ReceiverTrackerTest {

    private final List<String> wrong = new ArrayList<>();
    private int returns;

    @Test
    void depth_atEveryReturnOfTheJdksClasses_isThatOfTheValue() throws IOException {
        for (String folder : List.of("java/util", "java/math", "java/text", "java/lang", "java/time")) {
            Path classes = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base", folder);
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file :
                        files.filter(name -> name.toString().endsWith(".class")).toList()) {
                    read(file);
                }
            }
        }
        assertThat(returns).isGreaterThan(10_000);
        assertThat(wrong).isEmpty();
    }

    private void read(Path file) throws IOException {
        new ClassReader(Files.readAllBytes(file))
                .accept(
                        new ClassVisitor(SpringAsmInfo.ASM_VERSION) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String generic, String[] exceptions) {
                                return new Checked(file + " " + name, Type.getReturnType(descriptor));
                            }
                        },
                        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }

    private final class Checked extends MethodVisitor {
        private final String method;
        private final Type value;

        Checked(String method, Type value) {
            super(SpringAsmInfo.ASM_VERSION, new ReceiverTracker((owner, name, descriptor) -> {}));
            this.method = method;
            this.value = value;
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
                returns++;
                int depth = ((ReceiverTracker) mv).depth();
                if (depth != value.getSize()) {
                    wrong.add(method + ": " + depth + " at the return of " + value);
                }
            }
            super.visitInsn(opcode);
        }
    }
}
