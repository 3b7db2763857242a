using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>Reads nginx configuration files into directives, without following includes.</summary>
internal static partial class NginxConfiguration
{
    public static IReadOnlyList<NginxDirective> Read(string relative)
    {
        var tokens = new Queue<string>(
            Token().Matches(Repository.Read(relative)).Select(static match => match.Value).Where(static one => one[0] != '#')
        );
        var directives = ReadBlock(tokens);
        Assert.Empty(tokens);
        return directives;
    }

    private static List<NginxDirective> ReadBlock(Queue<string> tokens)
    {
        var directives = new List<NginxDirective>();
        var words = new List<string>();
        while (tokens.TryDequeue(out var token) && token != "}")
        {
            if (token is ";" or "{")
            {
                directives.Add(new NginxDirective(words[0], words[1..], token == "{" ? ReadBlock(tokens) : []));
                words = [];
            }
            else
            {
                words.Add(token.Trim('"', '\''));
            }
        }

        Assert.Empty(words);
        return directives;
    }

    [GeneratedRegex("""#[^\n]*|"[^"]*"|'[^']*'|[{};]|[^\s{};]+""")]
    private static partial Regex Token();
}
