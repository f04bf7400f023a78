package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import kotlin.Metadata;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;

/** Applications without an optional artifact. */
class MissingArtifactsTest {

    /** Defines the classes of this package again, and hides one class. */
    private static final class Hiding extends ClassLoader {
        private final String hidden;

        Hiding(String hidden) {
            super(MissingArtifactsTest.class.getClassLoader());
            this.hidden = hidden;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(hidden)) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("dev.respite.spring.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (file == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException broken) {
                throw new ClassNotFoundException(name, broken);
            }
        }
    }

    static class ReturnsMono {
        @Respite("payments")
        public Mono<String> charge() {
            return Mono.empty();
        }
    }

    /** As the compiler of Kotlin makes it of a suspending method. */
    @Metadata
    static class Suspends {
        @Respite("payments")
        public Object charge(Continuation<? super String> continuation) {
            return "";
        }
    }

    /** Starts a context with a bean, and returns the message of its failure. */
    static final class Start implements Function<String, String> {
        @Override
        public String apply(String bean) {
            ClassLoader loader = getClass().getClassLoader();
            try {
                TestContext.start(context -> {
                            context.setClassLoader(loader);
                            context.register(ClassUtils.resolveClassName(bean, loader));
                        })
                        .close();
                return "started";
            } catch (RuntimeException refused) {
                return NestedExceptionUtils.getMostSpecificCause(refused).getMessage();
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static String start(Class<?> bean, String hidden) throws ReflectiveOperationException {
        var constructor = new Hiding(hidden).loadClass(Start.class.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        return ((Function<String, String>) constructor.newInstance()).apply(bean.getName());
    }

    @ParameterizedTest
    @CsvSource({
        "dev.respite.reactor.ReactorRetry, dev.respite:respite-reactor",
        "kotlinx.coroutines.reactor.MonoKt, org.jetbrains.kotlinx:kotlinx-coroutines-reactor"
    })
    void suspendingMethod_withoutAnArtifact_isRefusedWithItsName(String hidden, String artifact) throws Exception {
        assertThat(start(Suspends.class, "none")).isEqualTo("started");
        assertThat(start(Suspends.class, hidden))
                .contains(Suspends.class.getName() + ".charge", "is suspending", "needs the artifact " + artifact);
    }

    @Test
    void publisher_withoutTheArtifact_isRefusedWithItsName() throws Exception {
        assertThat(start(ReturnsMono.class, "none")).isEqualTo("started");
        assertThat(start(ReturnsMono.class, "dev.respite.reactor.ReactorRetry"))
                .contains("returns a Mono", "needs the artifact dev.respite:respite-reactor");
    }
}
