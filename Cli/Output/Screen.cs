using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FlowGpt.Admin.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Output;

/// <summary>What commands print: tables for people, JSON for scripts.</summary>
/// <param name="console">Standard output.</param>
/// <param name="errors">Standard error.</param>
internal sealed class Screen(IAnsiConsole console, IAnsiConsole errors)
{
    private static readonly AdminJson Indented = new(new JsonSerializerOptions(AdminJson.Default.Options) { WriteIndented = true });

    public IAnsiConsole Console => console;

    /// <summary>Prints an answer of the gateway: as JSON, or as drawn by <paramref name="draw"/>.</summary>
    public void Show<T>(T value, bool asJson, Func<T, IRenderable> draw)
    {
        if (asJson)
        {
            Json(value);
        }
        else
        {
            console.Write(draw(value));
        }
    }

    /// <summary>Prints one line of text; never wrapped, so that other programs can split it.</summary>
    public void Line(string text) => console.Profile.Out.Writer.WriteLine(text);

    /// <summary>An answer of the gateway as JSON.</summary>
    public void Json<T>(T value) => Line(JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Indented.GetTypeInfo(typeof(T))!));

    public void Error(string message) => errors.MarkupLineInterpolated($"[red]error:[/] {message}");

    public void Done(string message) => console.MarkupLineInterpolated($"[green]done:[/] {message}");

    /// <summary>A table with these columns; <see cref="FittedTable"/> explains the signs before a name.</summary>
    public static FittedTable Table(params string[] columns) => new(columns);

    /// <summary>Asks for confirmation before an action that cannot be undone.</summary>
    public bool Confirm(string question, bool isConfirmed) =>
        isConfirmed || (console.Profile.Capabilities.Interactive && console.Confirm(Markup.Escape(question), defaultValue: false));
}
