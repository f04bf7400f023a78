package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

class AheadOfTimeTest {

    static class Receipts {
        @Respite(value = "payments", fallback = "later")
        public String send() {
            return "sent";
        }

        private String later() {
            return "later";
        }
    }

    @Test
    void processing_methodWithFallback_hasHintsForBothAndKeepsThePostProcessor() throws NoSuchMethodException {
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        DefaultGenerationContext generation =
                new DefaultGenerationContext(new ClassNameGenerator(ClassName.get("shop", "Shop")), files);
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(TestContext.Application.class, Receipts.class);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        generation.writeGeneratedContent();
        assertThat(generation.getRuntimeHints())
                .matches(reflection().onMethodInvocation(Receipts.class.getDeclaredMethod("send")))
                .matches(reflection().onMethodInvocation(Receipts.class.getDeclaredMethod("later")));
        assertThat(files.getGeneratedFiles(Kind.SOURCE))
                .containsKey("dev/respite/spring/RespitePostProcessor__BeanDefinitions.java");
    }
}
