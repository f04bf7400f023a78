// Keeps the classes of packages that a module exports to everybody: japicmp compares the API, and no class that is public only for
// our other modules. Spring Boot's modules have no descriptor, and keep all.
import java.nio.file.Files
import java.nio.file.Path

def root = Path.of(System.getProperty('maven.multiModuleProjectDirectory'))
def exported = Files.find(root, 6, { file, attributes -> file.fileName.toString() == 'module-info.java' })
        .toList()
        .collectMany { (it.toFile().text =~ /(?m)^ +exports ([\w.]+);/).collect { match -> match[1] } } as Set
assert 'dev.respite.policy' in exported
jApiClasses.retainAll { type ->
    def name = type.fullyQualifiedName.replaceFirst(/\.[^.]+$/, '')
    name in exported || name.startsWith('dev.respite.spring.boot')
}
jApiClasses
