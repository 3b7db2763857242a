using System.Text.Json;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>
/// The field <c>thread</c>: the gateway keeps the history. Clients that begin a thread send its tools once; clients that continue a thread send new messages alone.
/// </summary>
internal static class ThreadField
{
    /// <summary>The members of the request that hold for the whole thread.</summary>
    private static readonly string[] Lasting = ["tools", "tool_choice"];

    /// <summary>What the request says of its thread; null when it names none.</summary>
    public static StoreRequest? Read(RequestField root)
    {
        var thread = root["thread"];
        if (!thread.IsObject())
        {
            return null;
        }

        var type = thread["type"].Choice("create", "continue");
        if (!thread["type"].IsGiven)
        {
            thread["type"].RefuseMissing();
        }

        var isContinued = type == "continue";
        return new()
        {
            Keeping = new ResponseKeeping(Shape(root), IsBackground: false),
            Parent = isContinued ? thread["previous_message_id"].Required() : null,
            InheritsShape = isContinued,
            RefusesLongContext = true,
        };
    }

    /// <summary>A request that continues a thread, with the tools of the thread where the request names none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="shape">What the thread keeps of its requests.</param>
    public static MessagesRequest GoOn(MessagesRequest request, string shape)
    {
        if (!request.Content.Tools.IsEmpty)
        {
            return request;
        }

        using var tree = JsonDocument.Parse(shape);
        var root = RequestField.Root(tree.RootElement, new RequestProblems());
        var tools = ToolFields.ReadTools(root);
        return request with
        {
            Content = request.Content with { Tools = tools, ToolChoice = ToolFields.ReadChoice(root, tools, out _) },
            Storing = request.Storing! with { Keeping = request.Storing.Keeping! with { Shape = shape } },
        };
    }

    /// <summary>What a thread keeps of its requests beside the messages: one JSON object.</summary>
    private static string Shape(RequestField root)
    {
        var members = Lasting.Where(name => root[name].IsGiven).Select(name => $"\"{name}\":{root[name].Value.GetRawText()}");
        return $"{{{string.Join(',', members)}}}";
    }
}
