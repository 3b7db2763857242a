using FlowGpt.ApiFrontend.Configuration;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Configuration;

/// <summary>Container engines turn every <c>NAME=</c> of an environment file into a variable.</summary>
public sealed class EmptyVariableTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fgc-env-");

    [Theory]
    [InlineData("", "from-the-file-1234")]
    [InlineData("  ", "from-the-file-1234")]
    [InlineData("from-the-variable", "from-the-variable")]
    public void AddProductConfiguration_VariableAndFile_OnlyAnEmptyVariableYields(string variable, string expected)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, ".env"), "API_MASTER_KEY=from-the-file-1234\n");
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection([new("API_MASTER_KEY", variable)]);
        var problems = new List<string>();

        configuration.AddProductConfiguration(_directory.FullName, problems);

        Assert.Empty(problems);
        Assert.Equal(expected, configuration["FlowGpt:Frontend:MasterKey"]);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
