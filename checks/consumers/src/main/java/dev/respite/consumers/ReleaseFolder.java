package dev.respite.consumers;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Compares the folder of a release with the requirements of Maven Central and with the files that we add. The bill of materials
 * lists the artifacts. It runs without a build: {@code java ReleaseFolder.java bom/pom.xml 0.1.0 FOLDER [unsigned]}.
 */
final class ReleaseFolder {

    private static final String GROUP = "dev.respite";
    private static final String BOM = "respite-bom";

    /** Elements that each POM has, by their path. */
    private static final String[] FIELDS =
            ("name description url licenses/license/name licenses/license/url developers/developer/name"
                            + " developers/developer/email scm/connection scm/developerConnection scm/url")
                    .split(" ");

    /** Elements that no POM has: a consumer would read other files or places because of them. */
    private static final List<String> BANNED =
            List.of("parent", "repositories", "pluginRepositories", "build", "profiles", "distributionManagement");

    /** Artifacts without a Java type to document: their jar of Javadoc has no pages. */
    private static final Pattern WITHOUT_PAGES = Pattern.compile("respite-(?:cli|kotlin|.*starter)");

    private final Path folder;
    private final String version;
    private final boolean signed;
    private final Set<String> artifacts = new TreeSet<>(List.of(BOM));
    private final Set<Path> expected = new TreeSet<>();
    private final Set<String> pages = new TreeSet<>();
    private final List<String> gaps = new ArrayList<>();

    private ReleaseFolder(String bom, String version, Path folder, boolean signed) {
        this.folder = folder;
        this.version = version;
        this.signed = signed;
        Pattern.compile("<artifactId>(respite[^<]*)</artifactId>")
                .matcher(bom.replaceFirst("(?s).*?<dependencyManagement>(.*?)</dependencyManagement>.*", "$1"))
                .results()
                .map(found -> found.group(1))
                .forEach(artifacts::add);
    }

    /** Prints each gap, and exits with 1 if there is one. */
    public static void main(String[] args) throws Exception {
        List<String> gaps = gaps(Path.of(args[0]), args[1], Path.of(args[2]), args.length == 3);
        gaps.forEach(gap -> System.err.println("release: " + gap));
        System.out.printf("release: %s in %s%n", gaps.isEmpty() ? "no gap" : gaps.size() + " gaps", args[2]);
        System.out.println(
                "release: Maven Central accepts the group dev.respite only with a proof of the domain respite.dev");
        System.exit(gaps.isEmpty() ? 0 : 1);
    }

    /** Returns each gap, unexpected file and wrong value as a line. */
    static List<String> gaps(Path bom, String version, Path folder, boolean signed) throws Exception {
        ReleaseFolder release = new ReleaseFolder(Files.readString(bom), version, folder, signed);
        release.check();
        return release.gaps;
    }

    private void check() throws Exception {
        for (String artifact : artifacts) {
            Path pom = file(artifact, ".pom");
            if (Files.exists(pom)) {
                checkPom(artifact, pom);
            }
            if (!artifact.equals(BOM)) {
                checkJar(artifact, file(artifact, ".jar"));
                checkJar(artifact, file(artifact, "-sources.jar"));
                checkJar(artifact, file(artifact, "-javadoc.jar"));
                Path sbom = file(artifact, "-cyclonedx.json");
                if (!text(sbom).contains("pkg:maven/" + GROUP + "/" + artifact + "@" + version)) {
                    gaps.add(sbom + " is no SBOM of " + artifact + " " + version);
                }
            }
        }
        if (pages.size() > 1) {
            gaps.add("POMs have different urls " + pages + ": an artifact's id was appended");
        }
        try (Stream<Path> found = Files.walk(folder)) {
            found.filter(file -> Files.isRegularFile(file) && !expected.contains(file))
                    .map(file -> "unexpected file: " + file)
                    .sorted()
                    .forEach(gaps::add);
        }
    }

    /** Returns a file of an artifact, after a check that it is present with its checksums and its signature. */
    private Path file(String artifact, String ending) throws Exception {
        Path file = folder.resolve("dev/respite/" + artifact + "/" + version + "/" + artifact + "-" + version + ending);
        expected.add(file);
        if (!Files.exists(file)) {
            gaps.add("missing: " + file);
            return file;
        }
        byte[] bytes = Files.readAllBytes(file);
        checkSum(file, bytes, "MD5", ".md5");
        checkSum(file, bytes, "SHA-1", ".sha1");
        if (signed && !text(beside(file, ".asc")).startsWith("-----BEGIN PGP SIGNATURE-----")) {
            gaps.add("missing: the signature " + file + ".asc");
        }
        return file;
    }

    private void checkSum(Path file, byte[] bytes, String algorithm, String ending) throws Exception {
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        if (!text(beside(file, ending)).strip().equals(digest)) {
            gaps.add("missing or wrong: the checksum " + file + ending);
        }
    }

    private Path beside(Path file, String ending) {
        Path beside = file.resolveSibling(file.getFileName() + ending);
        expected.add(beside);
        return beside;
    }

    private static String text(Path file) throws Exception {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static String text(ZipFile jar, String entry) throws Exception {
        ZipEntry found = jar.getEntry(entry);
        return found == null ? "" : new String(jar.getInputStream(found).readAllBytes(), StandardCharsets.UTF_8);
    }

    private void checkPom(String artifact, Path file) throws Exception {
        String text = Files.readString(file);
        if (text.contains("SNAPSHOT") || text.contains("${")) {
            gaps.add(file + " has a SNAPSHOT or a property: the POM must be flattened");
        }
        // Without namespaces, so that a path of plain names finds its elements.
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
        String coordinates = at(project, "groupId") + ":" + at(project, "artifactId") + ":" + at(project, "version");
        if (!coordinates.equals(GROUP + ":" + artifact + ":" + version)) {
            gaps.add(file + " has the coordinates " + coordinates);
        }
        for (String field : FIELDS) {
            if (at(project, field).isEmpty()) {
                gaps.add(file + " has no <" + field + ">");
            }
        }
        for (String element : BANNED) {
            if (!at(project, "name(" + element + ")").isEmpty()) {
                gaps.add(file + " has <" + element + ">");
            }
        }
        pages.add(at(project, "url"));
        NodeList dependencies = project.getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            checkDependency(file, (Element) dependencies.item(i));
        }
    }

    private void checkDependency(Path file, Element dependency) throws XPathExpressionException {
        String id = at(dependency, "artifactId");
        String its = at(dependency, "version");
        if (its.isEmpty() || at(dependency, "scope").equals("test")) {
            gaps.add(file + " has the dependency " + id + " without a version, or for tests");
        } else if (at(dependency, "groupId").equals(GROUP) && !(its.equals(version) && artifacts.contains(id))) {
            gaps.add(file + " depends on " + id + " " + its + ", which is not released here");
        }
    }

    private void checkJar(String artifact, Path file) throws Exception {
        if (!Files.exists(file)) {
            return;
        }
        try (ZipFile jar = new ZipFile(file.toFile())) {
            Stream.of("META-INF/LICENSE", "META-INF/NOTICE")
                    .filter(name -> jar.getEntry(name) == null)
                    .forEach(name -> gaps.add(file + " has no " + name));
            boolean unnamed = jar.getEntry("module-info.class") == null
                    && !text(jar, "META-INF/MANIFEST.MF").contains("Automatic-Module-Name");
            if (file.endsWith(artifact + "-" + version + ".jar") && unnamed) {
                gaps.add(file + " has no module-info.class and no Automatic-Module-Name");
            }
            boolean pageless = jar.getEntry("index.html") == null
                    && !WITHOUT_PAGES.matcher(artifact).matches();
            if (file.toString().endsWith("-javadoc.jar") && pageless) {
                gaps.add(file + " has no index.html");
            }
        }
    }

    /** Returns the text at a path of elements, or an empty text. */
    private static String at(Object start, String path) throws XPathExpressionException {
        return XPathFactory.newInstance().newXPath().evaluate("normalize-space(" + path + ")", start);
    }
}
