namespace FlowGpt.Tests.Unit.Packaging;

public sealed class DockerIgnoreTests
{
    [Theory]
    [InlineData(".env")]
    [InlineData("Silo/.env")]
    [InlineData("accounts.json")]
    [InlineData("config/accounts.json")]
    [InlineData("Silo/accounts.json")]
    [InlineData(".git/config")]
    [InlineData("artifacts/bin/Silo/debug/FlowGpt.Silo.dll")]
    [InlineData("Silo/bin/Release/x.dll")]
    [InlineData("Silo/obj/project.assets.json")]
    [InlineData("Tests/Tests.csproj")]
    [InlineData("data/flowgpt.db")]
    [InlineData("docker-compose.yml")]
    public void Path_NotForTheImage_StaysOut(string path) => Assert.True(DockerIgnore.Read().Excludes(path));

    [Theory]
    [InlineData("global.json")]
    [InlineData(".editorconfig")]
    [InlineData("eng/BannedSymbols.txt")]
    [InlineData("Silo/Program.cs")]
    [InlineData("Silo/packages.lock.json")]
    [InlineData("Silo/Storage/Migrations/0001-orleans.sql")]
    [InlineData("Grains.Interfaces/Pools/ITokenPoolGrain.cs")]
    public void Path_ThatTheBuildNeeds_GoesIn(string path) => Assert.False(DockerIgnore.Read().Excludes(path));
}
