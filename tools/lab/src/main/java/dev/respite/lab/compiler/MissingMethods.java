package dev.respite.lab.compiler;

import dev.respite.lab.substitute.Adds;
import dev.respite.lab.substitute.LibraryMethods;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.teavm.model.AccessLevel;
import org.teavm.model.ClassHolder;
import org.teavm.model.ClassHolderTransformer;
import org.teavm.model.ClassHolderTransformerContext;
import org.teavm.model.ElementModifier;
import org.teavm.model.MethodDescriptor;
import org.teavm.model.MethodHolder;
import org.teavm.model.ValueType;
import org.teavm.model.emit.ProgramEmitter;
import org.teavm.model.emit.ValueEmitter;

/** Gives classes of TeaVM's library the methods of {@link LibraryMethods}: those that they lack, and those that are wrong there. */
public final class MissingMethods implements ClassHolderTransformer {

    @Override
    public void transformClass(ClassHolder cls, ClassHolderTransformerContext context) {
        for (Method added : LibraryMethods.class.getDeclaredMethods()) {
            Adds adds = added.getAnnotation(Adds.class);
            if (adds != null && adds.to().getName().equals(cls.getName())) {
                add(added, adds, cls, context);
            }
        }
    }

    private static void add(Method added, Adds adds, ClassHolder cls, ClassHolderTransformerContext context) {
        Class<?>[] given = added.getParameterTypes();
        Class<?>[] own = adds.isStatic() ? given : Arrays.copyOfRange(given, 1, given.length);
        ValueType[] signature = Stream.concat(Stream.of(own), Stream.of(added.getReturnType()))
                .map(ValueType::parse)
                .toArray(ValueType[]::new);
        MethodDescriptor descriptor = new MethodDescriptor(added.getName(), signature);
        MethodHolder before = cls.getMethod(descriptor);
        if (before != null) {
            cls.removeMethod(before);
        }
        MethodHolder method = new MethodHolder(descriptor);
        method.setLevel(AccessLevel.PUBLIC);
        if (adds.isStatic()) {
            method.getModifiers().add(ElementModifier.STATIC);
        }
        cls.addMethod(method);
        ProgramEmitter body = ProgramEmitter.create(method, context.getHierarchy());
        // The variable 0 is the receiver, also where there is none.
        int first = adds.isStatic() ? 1 : 0;
        ValueEmitter[] arguments = new ValueEmitter[given.length];
        for (int i = 0; i < given.length; i++) {
            arguments[i] = body.var(first + i, given[i]);
        }
        if (added.getReturnType() == void.class) {
            body.invoke(added.getDeclaringClass(), added.getName(), arguments).exit();
        } else {
            body.invoke(added.getDeclaringClass(), added.getName(), added.getReturnType(), arguments)
                    .returnValue();
        }
    }
}
