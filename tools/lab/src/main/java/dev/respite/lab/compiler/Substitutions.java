package dev.respite.lab.compiler;

import java.util.function.Predicate;
import org.teavm.extension.spi.substitution.SimpleSubstitutionPolicy;
import org.teavm.extension.spi.substitution.SubstitutionSink;

/**
 * Names the classes that take the place of others in the compiled program. TeaVM finds this class as a service.
 *
 * <ul>
 *   <li>For a class of the JDK that TeaVM's class library has not, or of HdrHistogram: the class {@code T…} in the same package below
 *       {@code dev.respite.lab.substitute}. Where both are there, that of the class library is taken.
 *   <li>For a class of ours: the class {@code …InBrowser} in the same package.
 * </ul>
 */
public final class Substitutions extends SimpleSubstitutionPolicy {

    private static final Predicate<String> OURS = inPackage("dev.respite", true);

    @Override
    public void contribute(SubstitutionSink sink) {
        sink.selectClasses(inPackage("java", true).or(inPackage("org.HdrHistogram")))
                .packagePrefix("dev.respite.lab.substitute.")
                .simpleNamePrefix("T");
        sink.selectClasses(OURS).simpleNameSuffix("InBrowser");
    }
}
