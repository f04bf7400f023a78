package dev.respite.spring;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.util.ClassUtils;

/**
 * Finds the places in the byte code of a bean's class at which it calls its own retried methods by {@code this}: such a call
 * passes no proxy and is not retried. A call from a method that is retried itself is left out.
 *
 * <p>What it finds is exact for code as the compiler makes it; it does not find calls that a superclass outside of the class
 * loader's resources or a helper object makes.
 */
final class SelfCalls extends ClassVisitor {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final RetriedClass retried;
    private final Set<String> annotated = new HashSet<>();
    private final Set<String> covered = new HashSet<>();
    private final Set<String> owners = new HashSet<>();
    private final Set<String> found = new LinkedHashSet<>();

    private SelfCalls(RetriedClass retried) {
        super(SpringAsmInfo.ASM_VERSION);
        this.retried = retried;
        for (RetriedMethod method : retried.methods().values()) {
            covered.add(signature(method.method()));
            if (method.isAnnotated()) {
                annotated.add(signature(method.method()));
            }
        }
    }

    /** Logs the calls of a class, if it has any. */
    static void warn(RetriedClass retried) {
        Set<String> calls = new SelfCalls(retried).read();
        if (!calls.isEmpty()) {
            LOGGER.log(
                    WARNING,
                    () -> retried.type().getName()
                            + " calls its own methods with @Respite by 'this', which does not pass"
                            + " the proxy, so these calls are not retried: " + String.join(", ", calls)
                            + ". Move the called method to another bean, annotate the caller, or call it on a"
                            + " reference to the bean that Spring has injected.");
        }
    }

    private Set<String> read() {
        if (annotated.isEmpty()) {
            return Set.of();
        }
        List<Class<?>> types = new ArrayList<>();
        for (@Nullable Class<?> type = ClassUtils.getUserClass(retried.type());
                type != null && type != Object.class;
                type = type.getSuperclass()) {
            types.add(type);
            owners.add(Type.getInternalName(type));
        }
        types.forEach(this::read);
        return found;
    }

    private void read(Class<?> type) {
        try (@Nullable InputStream code = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
            if (code != null) {
                new ClassReader(code).accept(this, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            }
        } catch (IOException | RuntimeException unreadable) {
            // A class that was made at run time, or of a newer format: nothing is known of its calls.
            return;
        }
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String generic, String @Nullable [] exceptions) {
        boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
        if (isStatic || covered.contains(name + descriptor)) {
            return null;
        }
        return new ReceiverTracker((owner, called, signature) -> {
            if (owners.contains(owner) && annotated.contains(called + signature)) {
                found.add(caller(name) + " -> " + called);
            }
        });
    }

    /** The compiler calls the body of a lambda in {@code pay} {@code lambda$pay$0}. */
    private static String caller(String name) {
        String[] parts = name.split("\\$", -1);
        return parts.length == 3 && parts[0].equals("lambda") ? parts[1] : name;
    }

    private static String signature(Method method) {
        return method.getName() + Type.getMethodDescriptor(method);
    }
}
