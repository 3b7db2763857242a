using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.OpenAi.Embeddings;

/// <summary>The body of <c>POST /embeddings</c>: each input as its text or the text of its token array, and its tokens.</summary>
internal sealed record EmbeddingsRequest(string Model, IReadOnlyList<(string Text, int Tokens)> Inputs, bool Base64, int Dimensions)
{
    private const int DefaultDimensions = 16;
    private const int MaxDimensions = 4096;
    private const int MaxInputs = 2048;

    public int PromptTokens => Inputs.Sum(static input => input.Tokens);

    public static EmbeddingsRequest? Read(JsonElement body, string? deployment, out ApiError? error)
    {
        var fields = new FieldReader();
        var model = deployment ?? fields.Text(body, "model");
        var input = FieldReader.Field(body, "input");
        if (string.IsNullOrEmpty(model) || input is null)
        {
            fields.Missing(input is null ? "input" : "model");
        }

        var format = fields.Text(body, "encoding_format") ?? "float";
        if (format is not ("float" or "base64"))
        {
            fields.Wrong("encoding_format", "must be float or base64");
        }

        var inputs = input is { } known ? ReadInputs(known, fields) : [];
        var request = new EmbeddingsRequest(
            model ?? "",
            inputs,
            format == "base64",
            fields.Number(body, "dimensions", 1, MaxDimensions) ?? DefaultDimensions
        );
        error = fields.Problem;
        return error is null ? request : null;
    }

    private static List<(string Text, int Tokens)> ReadInputs(JsonElement input, FieldReader fields)
    {
        // An array of numbers is one input of tokens; any other array is a list of inputs.
        var isList =
            input.ValueKind == JsonValueKind.Array && !input.EnumerateArray().Any(static one => one.ValueKind == JsonValueKind.Number);
        var inputs = new List<(string, int)>();
        foreach (var one in isList ? input.EnumerateArray().ToArray() : [input])
        {
            var isTokens =
                one.ValueKind == JsonValueKind.Array && one.EnumerateArray().All(static token => token.ValueKind == JsonValueKind.Number);
            var text = one.ValueKind == JsonValueKind.String ? one.GetString()! : one.GetRawText();
            var tokens = isTokens ? one.GetArrayLength() : WordCount.Of(text);
            if (tokens == 0 || !(isTokens || one.ValueKind == JsonValueKind.String))
            {
                fields.Wrong("input", "must be a text, a token array, or an array of these, none of them empty");
            }

            inputs.Add((text, tokens));
        }

        if (inputs.Count is 0 or > MaxInputs)
        {
            fields.Wrong("input", $"must have from 1 to {MaxInputs} inputs");
        }

        return inputs;
    }
}
