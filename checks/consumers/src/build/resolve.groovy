// Resolves each artifact of the bill of materials as the build of a consumer does: from its own pom, at run time, without what
// is optional, provided or for tests, and in the versions that the consumer gets and not in those that this build manages.
// A line "group:artifact" of with.txt in the consumer's folder adds what each consumer has beside it, such as a driver.
// With -Dconsumers.folder the artifacts are those of a release in that folder, and the local repository is empty at first.
// Versions that differ from the ones of the artifact's own build, and those that are no releases, are listed in versions.txt.
import org.eclipse.aether.DefaultRepositorySystemSession
import org.eclipse.aether.RepositorySystem
import org.eclipse.aether.artifact.DefaultArtifact
import org.eclipse.aether.collection.CollectRequest
import org.eclipse.aether.graph.Dependency
import org.eclipse.aether.repository.LocalRepository
import org.eclipse.aether.repository.RemoteRepository
import org.eclipse.aether.resolution.ArtifactDescriptorRequest
import org.eclipse.aether.resolution.DependencyRequest

def system = session.container.lookup(RepositorySystem)
def repositories = project.remoteProjectRepositories
def resolving = session.repositorySession
def version = project.version
def target = new File(project.build.directory, 'consumers')
target.mkdirs()

def folder = session.userProperties['consumers.folder']
if (folder != null) {
    version = session.userProperties['consumers.version']
    repositories = [new RemoteRepository.Builder('release', 'default', new File(folder).toURI().toString()).build()] + repositories
    // Neither a module of this build nor an artifact that was installed here takes the place of a released one.
    resolving = new DefaultRepositorySystemSession(resolving)
    resolving.workspaceReader = null
    def empty = new File(target, 'repository')
    empty.deleteDir()
    resolving.localRepositoryManager = system.newLocalRepositoryManager(resolving, new LocalRepository(empty))
}

def bom = system.readArtifactDescriptor(resolving,
        new ArtifactDescriptorRequest(new DefaultArtifact("dev.respite:respite-bom:pom:$version"), repositories, null))
def managed = project.dependencyManagement.dependencies

// Our own, annotations without code, and what Spring itself brings: its users have the versions of Spring Boot.
def elsewhere = ['dev.respite', 'org.jetbrains', 'org.jspecify', 'io.micrometer', 'commons-logging']
def foreign = new File(target, 'versions.txt')
foreign.text = ''

bom.managedDependencies.each { published ->
    def artifact = published.artifact
    def collect = new CollectRequest()
    collect.repositories = repositories
    collect.addDependency(new Dependency(artifact, 'runtime'))
    def beside = new File(project.basedir, "src/consumers/${artifact.artifactId}/with.txt")
    if (beside.exists()) {
        beside.eachLine { line ->
            def found = managed.find { "${it.groupId}:${it.artifactId}" == line.trim() }
            collect.addDependency(new Dependency(
                    new DefaultArtifact("${found.groupId}:${found.artifactId}:${found.version}"), 'runtime'))
        }
    }
    def resolved = system.resolveDependencies(resolving, new DependencyRequest(collect, null))
            .artifactResults*.artifact
    new File(target, "${artifact.artifactId}.path").text = resolved*.file.join('\n') + '\n'

    def built = session.allProjects.find { it.artifactId == artifact.artifactId }.artifacts
    resolved.findAll { !(it.groupId in elsewhere) }.each { each ->
        def inBuild = built.find { it.groupId == each.groupId && it.artifactId == each.artifactId }
        if (inBuild != null && inBuild.version != each.version || each.version ==~ /(?i).*(alpha|beta|rc|milestone|-m\d).*/) {
            foreign << "${artifact.artifactId}: ${each.artifactId} ${each.version}, in the build ${inBuild?.version}\n"
        }
    }
}
